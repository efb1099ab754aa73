import jax, jax.numpy as jnp, numpy as np, json
from flax import linen as nn
from flax.linen import summary
K={'params':jax.random.key(0),'dropout':jax.random.key(1)}
x=jnp.ones((4,8)); im=jnp.ones((2,8,8,3)); s=jnp.ones((2,5,6)); i=jnp.ones((2,4),jnp.int32)
class F(nn.Module):
  f: object
  @nn.compact
  def __call__(self,*a): return self.f(*a)
def act(f): return F(f)
L={
'dense':(nn.Dense(4),(x,)),'dense_bf16':(nn.Dense(4,dtype=jnp.bfloat16),(x,)),
'layer_norm':(nn.LayerNorm(),(x,)),'layer_norm_slow':(nn.LayerNorm(use_fast_variance=False),(x,)),'layer_norm_noscale':(nn.LayerNorm(use_scale=False,use_bias=False),(x,)),'rms_norm':(nn.RMSNorm(),(x,)),'group_norm':(nn.GroupNorm(num_groups=2),(x,)),'group_norm_2d':(nn.GroupNorm(num_groups=3),(im,)),'instance_norm':(nn.InstanceNorm(),(im,)),
'batch_norm_train':(nn.BatchNorm(use_running_average=False),(x,)),'batch_norm_eval':(nn.BatchNorm(use_running_average=True),(x,)),'batch_norm_slow':(nn.BatchNorm(use_running_average=False,use_fast_variance=False),(x,)),
'weight_norm':(nn.WeightNorm(nn.Dense(3)),(x,)),'spectral_norm':(F(lambda x: nn.SpectralNorm(nn.Dense(3))(x,update_stats=False)),(x,)),'spectral_norm_update':(F(lambda x: nn.SpectralNorm(nn.Dense(3))(x,update_stats=True)),(x,)),
'conv1d':(nn.Conv(4,(3,)),(s,)),'conv2d':(nn.Conv(4,(3,3)),(im,)),'conv2d_stride':(nn.Conv(4,(3,3),strides=2,padding='VALID'),(im,)),'conv_dilated':(nn.Conv(4,(3,3),kernel_dilation=2),(im,)),'conv_causal':(nn.Conv(4,(3,),padding='CAUSAL'),(s,)),'conv_circular':(nn.Conv(4,(3,),padding='CIRCULAR'),(s,)),'conv_groups':(nn.Conv(4,(3,),feature_group_count=2),(s,)),
'conv_transpose':(nn.ConvTranspose(4,(3,3)),(im,)),'conv_transpose_stride':(nn.ConvTranspose(4,(3,3),strides=(2,2)),(im,)),'conv_local':(nn.ConvLocal(4,(3,)),(s,)),
'dense_general':(nn.DenseGeneral((2,3)),(s,)),'einsum':(nn.Einsum((8,2,3),'ab,bcd->acd'),(x,)),'embed':(nn.Embed(5,3),(i,)),
'mha':(nn.MultiHeadDotProductAttention(2),(s,)),'mha_dropout':(nn.MultiHeadDotProductAttention(2,dropout_rate=0.1,deterministic=False),(s,)),
'lstm':(nn.LSTMCell(4),((jnp.ones((2,4)),jnp.ones((2,4))),jnp.ones((2,3)))),'opt_lstm':(nn.OptimizedLSTMCell(4),((jnp.ones((2,4)),jnp.ones((2,4))),jnp.ones((2,3)))),'gru':(nn.GRUCell(4),(jnp.ones((2,4)),jnp.ones((2,3)))),'mgu':(nn.MGUCell(4),(jnp.ones((2,4)),jnp.ones((2,3)))),'simple':(nn.SimpleCell(4),(jnp.ones((2,4)),jnp.ones((2,3)))),'conv_lstm':(nn.ConvLSTMCell(4,(3,3)),((jnp.ones((2,8,8,4)),jnp.ones((2,8,8,4))),im)),
'rnn_lstm':(nn.RNN(nn.LSTMCell(4)),(s,)),'rnn_gru':(nn.RNN(nn.GRUCell(4)),(s,)),'rnn_opt':(nn.RNN(nn.OptimizedLSTMCell(4)),(s,)),'rnn_reverse':(nn.RNN(nn.SimpleCell(4),reverse=True,keep_order=True),(s,)),'bidirectional':(nn.Bidirectional(nn.RNN(nn.GRUCell(4)),nn.RNN(nn.GRUCell(4))),(s,)),
'dropout':(nn.Dropout(0.5,deterministic=False),(x,)),'dropout_broadcast':(nn.Dropout(0.5,broadcast_dims=(0,),deterministic=False),(x,)),'prelu':(nn.PReLU(),(x,)),
'avg_pool':(F(lambda x: nn.avg_pool(x,(2,2),strides=(2,2))),(im,)),'max_pool':(F(lambda x: nn.max_pool(x,(2,2),strides=(2,2))),(im,)),
}
L['conv_reflect']=(nn.Conv(4,(3,),padding='REFLECT'),(s,));L['conv_transpose_circular']=(nn.ConvTranspose(4,(3,),padding='CIRCULAR'),(s,))
L['weight_norm_bf16']=(nn.WeightNorm(nn.Dense(3,param_dtype=jnp.bfloat16)),(x,));L['mha_bf16']=(nn.MultiHeadDotProductAttention(2,dtype=jnp.bfloat16),(s,))
L['rnn_carry']=(nn.RNN(nn.GRUCell(4,carry_init=nn.initializers.normal())),(s,));L['dropout_one']=(nn.Dropout(0.5,broadcast_dims=(0,1),deterministic=False),(x,))
L['avg_pool_count']=(F(lambda x: nn.avg_pool(x,(2,2),strides=(2,2),padding='SAME',count_include_pad=False)),(im,));L['elu_alpha']=(F(lambda x: nn.elu(x,.5)),(x,))
for n in 'relu gelu silu elu selu celu sigmoid tanh softplus leaky_relu hard_tanh hard_sigmoid hard_silu log_sigmoid softmax log_softmax soft_sign relu6 glu standardize'.split():
  L[n]=(F(getattr(nn,n)),(x,))
L['gelu_exact']=(F(lambda x: nn.gelu(x,approximate=False)),(x,))
for n,f in {'add':lambda x: x+x,'mul':lambda x:x*x,'div':lambda x: x/(x+1),'mean':lambda x: x.mean(1),'var':lambda x:x.var(1),'sum':lambda x: x.sum(),'max':lambda x:x.max(1),'exp':jnp.exp,'log':jnp.log,'sqrt':jnp.sqrt,'rsqrt':jax.lax.rsqrt,'square':jnp.square,'abs':jnp.abs,'pow3':lambda x:x**3,'maximum':lambda x: jnp.maximum(x,0.5),'minimum':lambda x:jnp.minimum(x,0.5),'clip':lambda x: jnp.clip(x,0.,1.),'where':lambda x: jnp.where(x>0,x,0.),'sin':jnp.sin,'norm':lambda x: jnp.sqrt(jnp.sum(x*x,1)),'cumsum':lambda x: jnp.cumsum(x,1),'logsumexp':lambda x: jax.nn.logsumexp(x,1),'take':lambda x: x[jnp.array([0,1])],'concat':lambda x: jnp.concatenate([x,x]),'transpose':lambda x: x.T,'slice':lambda x: x[:,1:3],'matmul':lambda x: x@x.T,'reshape':lambda x:x.reshape(-1),'flip':lambda x: x[::-1],'pad':lambda x: jnp.pad(x,1),'erf':jax.scipy.special.erf,'softmax_xent':lambda x: -(jax.nn.log_softmax(x)*jax.nn.one_hot(jnp.array([0,1,2,3]),8)).sum(-1).mean()}.items():
  L['f_'+n]=(F(f),(x,))
out={}
for n,(m,a) in L.items():
  try:
    t=summary._get_module_table(m,depth=None,show_repeated=False,compute_flops=True,compute_vjp_flops=True)(K,*a)
    out[n]=[t[0].flops,t[0].vjp_flops]
  except Exception as e: out[n]=str(e)[:80]
json.dump(out,open('/tmp/summary/modcost.json','w'),indent=0)
for n in out: print(n,out[n])
