"""Modules of other packages for golden_cases.py: those of a file seeds.py on PYTHONPATH."""

try:
    import seeds
except ImportError:
    EXTRA = {}
else:
    EXTRA = {f"netket.{name}": getattr(seeds, name)
             for name in ("MaskedDense1D", "MaskedConv1D", "MaskedConv2D")}
    EXTRA["ott.MetaMLP"] = seeds.MetaMLP
