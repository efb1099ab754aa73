#include "ck_tiles.h"

#include <string.h>

#include "ck_convert.h"

// A tile: rows [row, row + rows) and columns [column, column + columns).
typedef struct {
  const ck_tile_program *program;
  void *const *addresses;
  char *scratch;
  size_t row, rows, column, columns;
  size_t column_begin;
  int first;  // whether these are the piece's first rows
  size_t piece;
} tile;

/// The address of a value's first element in row `row` of the tile.
static char *row_address(const tile *t, const ck_tile_value *v, size_t row) {
  if (v->memory < 0) {
    size_t step = v->level == CK_TILE_FULL ? t->columns * v->width
                  : v->level == CK_TILE_ROW ? (size_t)v->width
                                            : 0;
    return t->scratch + v->offset + row * step;
  }
  char *p = (char *)t->addresses[v->memory] + v->offset;
  size_t rest = t->row + row;
  for (int32_t a = 0; a + 1 < v->axes; a++) {
    size_t size = t->program->row_sizes[a];
    size_t quotient = rest / size;
    p += (ptrdiff_t)(rest - quotient * size) * v->strides[a];
    rest = quotient;
  }
  if (v->axes > 0) p += (ptrdiff_t)rest * v->strides[v->axes - 1];
  return p + (ptrdiff_t)t->column * v->column_stride * v->width;
}

/// The bytes from one row of a value to the next, and whether they are the same for all rows of the
/// tile: these lie within the innermost row axes, or these follow each other evenly.
static ptrdiff_t row_step(const tile *t, const ck_tile_value *v, int *even) {
  if (v->level == CK_TILE_SCALAR) return 0;
  if (v->memory < 0)
    return v->level == CK_TILE_FULL ? (ptrdiff_t)(t->columns * (size_t)v->width) : v->width;
  if (v->axes == 0) return 0;
  size_t span = t->program->row_sizes[0];
  for (int32_t a = 1; a < v->axes; a++) {
    if (t->rows == 1 || t->row % span + t->rows <= span) break;
    const size_t size = t->program->row_sizes[a - 1];
    if (v->strides[a] != v->strides[a - 1] * (ptrdiff_t)size) *even = 0;
    span *= t->program->row_sizes[a];
  }
  return v->strides[0];
}

/// Whether one kernel call covers the value in all rows: its elements follow each other, or it is
/// one element.
static int covers_tile(const tile *t, const ck_tile_value *v, int32_t domain) {
  if (v->level == CK_TILE_SCALAR) return 1;
  if (v->level != domain) return 0;
  if (v->memory < 0) return 1;
  if (t->rows == 1) return 1;
  if (domain == CK_TILE_FULL && v->column_stride != 1) return 0;
  int even = v->axes > 0;
  const ptrdiff_t step = row_step(t, v, &even);
  return even && step == (domain == CK_TILE_FULL ? (ptrdiff_t)(t->columns * v->width) : v->width);
}

static ptrdiff_t stride_in_row(const ck_tile_value *v, int32_t domain) {
  if (v->level == CK_TILE_SCALAR || v->level != domain) return 0;
  if (domain == CK_TILE_ROW) return 1;
  return v->memory < 0 ? 1 : v->column_stride;
}

static void call(const ck_tile_step *s, char *const *in, const ptrdiff_t *stride, char *out,
                 size_t n) {
  switch (s->kind) {
    case CK_TILE_MAP1:
      ((ck_unary_fn)s->kernel)(in[0], stride[0], out, n);
      break;
    case CK_TILE_MAP2:
      ((ck_binary_fn)s->kernel)(in[0], stride[0], in[1], stride[1], out, n);
      break;
    case CK_TILE_MAP3:
      ((ck_ternary_fn)s->kernel)(in[0], stride[0], in[1], stride[1], in[2], stride[2], out, n);
      break;
    default:
      ((ck_integer_pow_fn)s->kernel)(in[0], stride[0], out, n, s->parameter);
      break;
  }
}

static int operand_count(int32_t kind) {
  return kind == CK_TILE_MAP2 ? 2 : kind == CK_TILE_MAP3 ? 3 : 1;
}

static void map(const tile *t, const ck_tile_step *s) {
  const ck_tile_value *values = t->program->values;
  const ck_tile_value *result = &values[s->output];
  const int32_t domain = result->level;
  const int count = operand_count(s->kind);
  char *in[3] = {0};
  ptrdiff_t stride[3], step[3] = {0};
  int whole = covers_tile(t, result, domain), even = 1;
  for (int i = 0; i < count; i++) {
    const ck_tile_value *v = &values[s->inputs[i]];
    whole &= covers_tile(t, v, domain);
    stride[i] = stride_in_row(v, domain);
    step[i] = row_step(t, v, &even);
    in[i] = row_address(t, v, 0);
  }
  char *out = row_address(t, result, 0);
  const ptrdiff_t out_step = row_step(t, result, &even);
  const size_t length = domain == CK_TILE_FULL ? t->columns : 1;
  if (whole) {
    call(s, in, stride, out, domain == CK_TILE_SCALAR ? 1 : t->rows * length);
    return;
  }
  for (size_t row = 0; row < t->rows; row++) {
    if (!even) {
      for (int i = 0; i < count; i++) in[i] = row_address(t, &values[s->inputs[i]], row);
      out = row_address(t, result, row);
    }
    call(s, in, stride, out, length);
    for (int i = 0; i < 3; i++) in[i] += step[i];
    out += out_step;
  }
}

static void reduce_rows(const tile *t, const ck_tile_step *s) {
  const ck_tile_value *x = &t->program->values[s->inputs[0]];
  const ck_tile_value *result = &t->program->values[s->output];
  const ptrdiff_t stride = x->level == CK_TILE_FULL ? stride_in_row(x, CK_TILE_FULL) : 0;
  int even = 1;
  const ptrdiff_t step = row_step(t, x, &even), out_step = row_step(t, result, &even);
  char *in = row_address(t, x, 0), *out = row_address(t, result, 0);
  for (size_t row = 0; row < t->rows; row++) {
    if (!even) {
      in = row_address(t, x, row);
      out = row_address(t, result, row);
    }
    ((ck_reduce_fn)s->kernel)(in, stride, t->columns, 0, 1, out);
    in += step;
    out += out_step;
  }
}

/// Combines the tile's part of a reduction with what the piece has so far.
static void combine(const tile *t, const ck_tile_step *s, const void *part, int first,
                    size_t column, size_t n, int32_t width, size_t length) {
  const ck_tile_value *result = &t->program->values[s->output];
  char *out = (char *)t->addresses[result->memory] + result->offset +
              (t->piece * length + column) * width;
  if (first)
    memcpy(out, part, n * width);
  else
    ((ck_binary_fn)s->combine)(out, 1, part, 1, out, n);
}

static void reduce_columns(const tile *t, const ck_tile_step *s) {
  const ck_tile_value *x = &t->program->values[s->inputs[0]];
  const int32_t width = t->program->values[s->output].width;
  const ck_reduce_fn reduce = (ck_reduce_fn)s->kernel;
  _Alignas(64) char part[2048];
  const size_t most = sizeof part / (size_t)width;
  const ptrdiff_t step = stride_in_row(x, CK_TILE_FULL);
  const int contiguous = covers_tile(t, x, CK_TILE_FULL) && x->level == CK_TILE_FULL;
  for (size_t c = 0; c < t->columns; c += most) {
    const size_t n = t->columns - c < most ? t->columns - c : most;
    if (contiguous) {
      reduce(row_address(t, x, 0) + c * x->width, (ptrdiff_t)t->columns, t->rows, 1, n, part);
    } else {
      // Row by row: each row is its own reduction, combined in order.
      for (size_t row = 0; row < t->rows; row++) {
        _Alignas(64) char line[2048];
        char *source = row_address(t, x, row) + (ptrdiff_t)c * step * x->width;
        // The distance of the rows is of no account, but 1 would tell of a sum along the row.
        reduce(source, (ptrdiff_t)t->columns, 1, step, n, row == 0 ? part : line);
        if (row > 0) ((ck_binary_fn)s->combine)(part, 1, line, 1, part, n);
      }
    }
    combine(t, s, part, t->first, t->column + c, n, width, t->program->columns);
  }
}

static void reduce_all(const tile *t, const ck_tile_step *s) {
  const ck_tile_value *x = &t->program->values[s->inputs[0]];
  const int32_t width = t->program->values[s->output].width;
  const ck_reduce_fn reduce = (ck_reduce_fn)s->kernel;
  char part[16], line[16];
  const int32_t domain = x->level;
  const size_t length = domain == CK_TILE_FULL ? t->columns : 1;
  if (covers_tile(t, x, domain) && domain != CK_TILE_SCALAR) {
    reduce(row_address(t, x, 0), 1, t->rows * length, 0, 1, part);
  } else {
    for (size_t row = 0; row < t->rows; row++) {
      reduce(row_address(t, x, row), stride_in_row(x, domain), length, 0, 1, row ? line : part);
      if (row) ((ck_binary_fn)s->combine)(part, 1, line, 1, part, 1);
    }
  }
  combine(t, s, part, t->first && t->column == t->column_begin, 0, 1, width, 1);
}

enum {
  cache_line = 64,
  near_fetches = 2,  // as many operands' next tiles fit in the first cache beside the present ones
};

/// Asks for a step's share of what the next tile reads, which then arrives while this one is worked on.
/// The processor does not see that far ahead by itself, since each kernel reads but a short run.
static void fetch_ahead(const tile *t, size_t step) {
  const ck_tile_program *program = t->program;
  for (size_t i = 0; i < program->fetch_count; i++) {
    const ck_tile_value *v = &program->values[program->fetches[i]];
    const size_t bytes = t->rows * t->columns * (size_t)v->width;
    const size_t lines = (bytes + cache_line - 1) / cache_line;
    const char *next = row_address(t, v, 0) + bytes;
    size_t line = lines * step / program->step_count;
    const size_t end = lines * (step + 1) / program->step_count;
    if (program->fetch_count <= near_fetches) {
      for (; line < end; line++) __builtin_prefetch(next + line * cache_line);
    } else {
      for (; line < end; line++) __builtin_prefetch(next + line * cache_line, 0, 2);
    }
  }
}

/// Writes the tile's results that lie in registers to their memory, past the caches.
static void stream_results(const tile *t) {
  const ck_tile_program *program = t->program;
  for (size_t i = 0; i < program->stream_count; i++) {
    const ck_tile_value *from = &program->values[program->streams[i].from];
    const ck_tile_value *to = &program->values[program->streams[i].to];
    const size_t bytes = t->columns * (size_t)to->width;
    if (covers_tile(t, to, CK_TILE_FULL)) {
      ck_stream(row_address(t, to, 0), row_address(t, from, 0), t->rows * bytes);
      continue;
    }
    for (size_t row = 0; row < t->rows; row++)
      ck_stream(row_address(t, to, row), row_address(t, from, row), bytes);
  }
}

void ck_tiles_run(const ck_tile_program *program, void *const *addresses, void *scratch,
                  ck_tile_range range, size_t piece) {
  tile t = {.program = program,
            .addresses = addresses,
            .scratch = scratch,
            .column_begin = range.column_begin,
            .piece = piece};
  for (t.row = range.row_begin; t.row < range.row_end; t.row += program->rows_per_tile) {
    const size_t rows = range.row_end - t.row;
    t.rows = rows < program->rows_per_tile ? rows : program->rows_per_tile;
    for (t.column = range.column_begin; t.column < range.column_end;
         t.column += program->columns_per_tile) {
      const size_t columns = range.column_end - t.column;
      t.columns = columns < program->columns_per_tile ? columns : program->columns_per_tile;
      t.first = t.row == range.row_begin;
      for (size_t i = 0; i < program->step_count; i++) {
        const ck_tile_step *s = &program->steps[i];
        if (program->fetch_count > 0) fetch_ahead(&t, i);
        switch (s->kind) {
          case CK_TILE_REDUCE_ROW:
            reduce_rows(&t, s);
            break;
          case CK_TILE_REDUCE_COLUMN:
            reduce_columns(&t, s);
            break;
          case CK_TILE_REDUCE_ALL:
            reduce_all(&t, s);
            break;
          default:
            map(&t, s);
        }
      }
      stream_results(&t);
    }
  }
  if (program->stream_count > 0) ck_stream_end();
}
