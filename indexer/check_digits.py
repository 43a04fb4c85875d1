"""Check digits of record numbers: the schemes of HL7 v2 (type CX) and ISO 7064."""

from __future__ import annotations

from collections.abc import Callable

_RADIX_37 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"


def m10(digits: str) -> str:
    """Return the HL7 M10 check digit of ``digits``.

    Every second digit from the right, read as one number, is doubled; its digits and the
    digits left over are summed; the check digit fills up to the next ten.
    """
    doubled = str(2 * int(digits[::-1][::2][::-1]))
    total = sum(int(digit) for digit in doubled + digits[::-1][1::2])
    return str(-total % 10)


def m11(digits: str) -> str:
    """Return the HL7 M11 check digit: weights 2 to 7 from the right, modulo 11, ten as 0."""
    total = sum(int(digit) * (2 + n % 6) for n, digit in enumerate(reversed(digits)))
    return str(-total % 11 % 10)


def luhn(digits: str) -> str:
    """Return the Luhn check digit (ISO/IEC 7812-1)."""
    doubled = (2 * int(digit) for digit in digits[::-1][::2])
    total = sum(n - 9 if n > 9 else n for n in doubled)
    return str(-(total + sum(int(digit) for digit in digits[::-1][1::2])) % 10)


def iso7064_mod_11_2(digits: str) -> str:
    """Return the ISO 7064 MOD 11-2 check character, which may be ``X``."""
    check = (1 - _pure(digits, 11) * 2) % 11
    return "X" if check == 10 else str(check)


def iso7064_mod_37_2(text: str) -> str:
    """Return the ISO 7064 MOD 37-2 check character of digits and capitals; may be ``*``."""
    return _RADIX_37[(1 - _pure(text, 37) * 2) % 37]


def _pure(text: str, modulus: int) -> int:
    total = 0
    for character in text:
        total = (total * 2 + _RADIX_37.index(character)) % modulus
    return total


_SCHEMES: dict[str, Callable[[str], str]] = {
    "m10": m10,
    "m11": m11,
    "luhn": luhn,
    "iso7064": iso7064_mod_11_2,
}


def check_digit_holds(number: str, scheme: str) -> bool:
    """Say whether the last digit of ``number`` fits ``scheme``; an empty scheme always fits."""
    if not scheme:
        return True
    return len(number) > 1 and _SCHEMES[scheme](number[:-1]) == number[-1]
