"""What can go wrong when a customer is moved to the screen.

DeflectError
├── LinkError
│   ├── UnknownLink        never issued here, or not ours
│   ├── ExpiredLink
│   └── RevokedLink
├── CodeError
│   ├── TooManyCodes       so many codes live that guessing one would become likely
│   ├── WrongCode          unknown, used up or expired; which of them is not said
│   └── TooManyTries       this client, or all together, tried too often
├── SmsTooLong             the text does not fit one message; refused at start
└── SenderError            theirs
    ├── SenderBusy             may go through later; try again with the same key
    └── SenderRefused          will never go through
"""

from __future__ import annotations


class DeflectError(Exception):
    """Its text never holds a number, a token or a code."""


class LinkError(DeflectError): ...


class UnknownLink(LinkError): ...


class ExpiredLink(LinkError): ...


class RevokedLink(LinkError): ...


class CodeError(DeflectError): ...


class TooManyCodes(CodeError): ...


class WrongCode(CodeError): ...


class TooManyTries(CodeError): ...


class SmsTooLong(DeflectError): ...


class SenderError(DeflectError): ...


class SenderBusy(SenderError): ...


class SenderRefused(SenderError): ...
