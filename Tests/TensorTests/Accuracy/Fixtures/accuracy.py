"""Writes values of special functions to 40 digits, for the test of accuracy.

Usage: python Tests/TensorTests/Accuracy/Fixtures/accuracy.py > Tests/TensorTests/Accuracy/Fixtures/accuracy.txt
Needs mpmath.

A line `name arguments` begins a function; each line after it has the arguments and the value, a complex
number as two. Numbers are hexadecimal doubles, so that nothing is rounded; a value is a double and
what it lacks, joined by a comma. Some arguments have 8 significant bits, some 24, some 53: a dtype is
tested with those that it can hold.
"""

import random

import mpmath
from mpmath import mp, mpc, mpf

mp.prec = 260


def shortened(x, bits):
    """x with so many significant bits."""
    if x == 0:
        return x
    m, e = mpmath.frexp(mpf(x))
    return float(mpmath.ldexp(mpmath.nint(mpmath.ldexp(m, bits)), e - bits))


def uniform(low, high):
    return lambda: random.uniform(low, high)


def scaled(low, high, signs=(1, -1)):
    """Log-uniform magnitudes."""
    return lambda: random.choice(signs) * mpmath.exp(
        random.uniform(float(mpmath.log(low)), float(mpmath.log(high))))


def near(center, width):
    return lambda: center + random.choice((1, -1)) * float(scaled(width * 1e-6, width, (1,))())


POSITIVE = (1,)


def erfinv(x):
    return mpmath.erfinv(x)


def lgamma(x):
    return mpmath.log(abs(mpmath.gamma(x)))


def logaddexp(x, y):
    return mpmath.log(mpmath.exp(x) + mpmath.exp(y))


def expm1(x):
    return mpmath.exp(x) - 1


def log1p(x):
    return mpmath.log(1 + x)


REAL = {
    "exp": (mpmath.exp, [uniform(-104, 88.7), scaled(1e-12, 1), uniform(-10, 10)]),
    "exp2": (lambda x: mpf(2) ** x, [uniform(-149, 127.9), scaled(1e-12, 1), uniform(-10, 10)]),
    "expm1": (expm1, [uniform(-20, 88.7), scaled(1e-20, 1), uniform(-2, 2)]),
    "log": (mpmath.log, [scaled(1e-37, 1e38, POSITIVE), near(1, 0.5), scaled(1e-3, 1e3, POSITIVE)]),
    "log1p": (log1p, [scaled(1e-20, 0.5), uniform(-0.999, 2), scaled(1, 1e37, POSITIVE)]),
    "sqrt": (mpmath.sqrt, [scaled(1e-37, 1e38, POSITIVE), uniform(0.1, 10)]),
    "rsqrt": (lambda x: 1 / mpmath.sqrt(x), [scaled(1e-37, 1e38, POSITIVE), uniform(0.1, 10)]),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), [scaled(1e-37, 1e38), uniform(-10, 10)]),
    "sin": (mpmath.sin, [uniform(-10, 10), scaled(1e-20, 1), scaled(10, 48000), scaled(48000, 1e30)]),
    "cos": (mpmath.cos, [uniform(-10, 10), scaled(1e-20, 1), scaled(10, 48000), scaled(48000, 1e30)]),
    "tan": (mpmath.tan, [uniform(-10, 10), scaled(1e-20, 1), scaled(10, 1e30)]),
    "asin": (mpmath.asin, [uniform(-1, 1), scaled(1e-20, 1), near(0.999, 1e-3)]),
    "acos": (mpmath.acos, [uniform(-1, 1), scaled(1e-20, 1), near(0.999, 1e-3)]),
    "atan": (mpmath.atan, [uniform(-10, 10), scaled(1e-20, 1), scaled(10, 1e30)]),
    "sinh": (mpmath.sinh, [uniform(-88, 88), scaled(1e-20, 1), uniform(-3, 3)]),
    "cosh": (mpmath.cosh, [uniform(-88, 88), scaled(1e-20, 1), uniform(-3, 3)]),
    "tanh": (mpmath.tanh, [uniform(-12, 12), scaled(1e-20, 1), uniform(-2, 2)]),
    "asinh": (mpmath.asinh, [scaled(1e-20, 1e30), uniform(-10, 10)]),
    "acosh": (mpmath.acosh, [scaled(1.001, 1e30, POSITIVE), uniform(1, 10)]),
    "atanh": (mpmath.atanh, [uniform(-1, 1), scaled(1e-20, 1)]),
    "logistic": (lambda x: 1 / (1 + mpmath.exp(-x)), [uniform(-88, 88), scaled(1e-20, 1), uniform(-8, 8)]),
    "erf": (mpmath.erf, [uniform(-4, 4), scaled(1e-20, 1)]),
    "erfc": (mpmath.erfc, [uniform(-4, 9), scaled(1e-20, 1)]),
    "erf_inv": (erfinv, [uniform(-1, 1), scaled(1e-20, 1), near(0.9999, 9.9e-5)]),
    "lgamma": (lgamma, [scaled(1e-20, 1e30, POSITIVE), uniform(0.01, 30), uniform(-10, 0), near(1.5, 1)]),
    "digamma": (mpmath.digamma, [scaled(1e-20, 1e30, POSITIVE), uniform(0.01, 30), uniform(-10, 0), near(1.4616321449683623, 0.1)]),
    "atan2": (mpmath.atan2, [(uniform(-10, 10),) * 2, (scaled(1e-20, 1e20),) * 2]),
    "pow": (lambda x, y: x ** y, [
        (uniform(0, 10), uniform(-20, 20)), (near(1, 0.1), uniform(-300, 300)),
        (scaled(1e-10, 1e10, POSITIVE), uniform(-3, 3))]),
    "logaddexp": (logaddexp, [(uniform(-10, 10),) * 2, (uniform(-80, 80),) * 2]),
}


def plane(low, high):
    return lambda: mpc(scaled(low, high)(), scaled(low, high)())


def disc(radius):
    return lambda: mpc(random.uniform(-radius, radius), random.uniform(-radius, radius))


WIDE = [disc(3), plane(1e-6, 1), plane(1, 30)]
ANY = WIDE + [plane(1e-15, 1e15)]
COMPLEX = {
    "abs": (lambda z: mpc(abs(z)), ANY),
    "exp": (mpmath.exp, WIDE),
    "exp2": (lambda z: mpmath.exp(z * mpmath.log(2)), WIDE),
    "expm1": (expm1, WIDE),
    "log": (mpmath.log, ANY),
    "log1p": (log1p, WIDE),
    "sqrt": (mpmath.sqrt, ANY),
    "rsqrt": (lambda z: 1 / mpmath.sqrt(z), ANY),
    "sin": (mpmath.sin, WIDE),
    "cos": (mpmath.cos, WIDE),
    "tan": (mpmath.tan, WIDE),
    "asin": (mpmath.asin, ANY),
    "acos": (mpmath.acos, ANY),
    "atan": (mpmath.atan, ANY),
    "sinh": (mpmath.sinh, WIDE),
    "cosh": (mpmath.cosh, WIDE),
    "tanh": (mpmath.tanh, WIDE),
    "asinh": (mpmath.asinh, ANY),
    "acosh": (mpmath.acosh, ANY),
    "atanh": (mpmath.atanh, ANY),
    "logistic": (lambda z: 1 / (1 + mpmath.exp(-z)), WIDE),
    "pow": (lambda z, w: z ** w, [(disc(3), disc(3)), (plane(1e-3, 1e3), disc(2))]),
    "div": (lambda z, w: z / w, [(plane(1e-10, 1e10), plane(1e-10, 1e10)), (disc(3), disc(3))]),
}

COUNTS = ((8, 16), (24, 48), (53, 32))


def short(x):
    """The double in hexadecimal, without zeros at the end."""
    digits, exponent = x.hex().split("p")
    return digits.rstrip("0").rstrip(".") + "p" + exponent


def digits(x):
    high = float(x)
    low = float(x - mpf(high))
    return short(high) if low == 0 else f"{short(high)},{low:.2e}"


def parts(z):
    return [z.real, z.imag] if isinstance(z, mpc) else [z]


def write(name, function, draws, is_complex):
    arity = len(draws[0]) if isinstance(draws[0], tuple) else 1
    print(("complex " if is_complex else "") + name, arity)
    for bits, count in COUNTS:
        if is_complex:
            count //= 2
        for index in range(count):
            draw = draws[index % len(draws)]
            drawn = [d() for d in (draw if isinstance(draw, tuple) else (draw,))]
            if is_complex:
                arguments = [mpc(shortened(z.real, bits), shortened(z.imag, bits)) for z in drawn]
            else:
                arguments = [mpf(shortened(x, bits)) for x in drawn]
            try:
                value = function(*arguments)
            except (ValueError, ZeroDivisionError):
                continue
            value = mpc(value) if is_complex else value
            if isinstance(value, mpc) and not is_complex:
                continue
            if not all(mpmath.isfinite(p) for p in parts(value)):
                continue
            words = [short(float(p)) for z in arguments for p in parts(z)]
            print(*words, *[digits(p) for p in parts(value)])


random.seed(1)
for name, (function, draws) in REAL.items():
    write(name, function, draws, False)
for name, (function, draws) in COMPLEX.items():
    write(name, function, draws, True)
