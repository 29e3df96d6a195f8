"""What the verbs share: options, user errors as one line, the library, the documents that a user names.

The verbs' files are loaded to show their help, so they import what works only where it works.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.settings import Settings, load
from mine2magnet.model import LANGUAGES, Actor

if TYPE_CHECKING:
    from mine2magnet.library.library import Library


class Verbs(click.Group):
    """Verbs in the order of their definition, and every user error as one line."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except UserError as error:
            raise click.ClickException(told(error, context.obj)) from error
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)


def told(error: UserError, settings: Settings | None) -> str:
    """An error in the language of the settings, if they could be read."""
    if settings is None or settings.language == "en":
        return str(error)
    from mine2magnet.core.messages import Translator

    words = Translator(settings.language)
    said = words.error(error)
    return f"{words.say(error.where)}: {said}" if error.where else said


def overridden(settings: Settings, flags: dict[str, Any]) -> Settings:
    return replace(settings, **{name: value for name, value in flags.items() if value is not None})


def model_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options that name the model of an OpenAI-compatible endpoint, over the settings."""

    @click.option("--model", metavar="NAME", help="A model of an OpenAI-compatible endpoint.")
    @click.option("--model-url", metavar="URL", help="Its base URL, e.g. http://127.0.0.1:8080/v1.")
    @wraps(command)
    @click.pass_context
    def run(context: click.Context, /, model: str | None, model_url: str | None, **options: Any) -> None:
        context.obj = overridden(context.obj, {"model": model, "model_url": model_url})
        context.invoke(command, **options)

    return run


def find_document(library: Library, given: str) -> str:
    """The id of a document named by its id, the beginning of its id, its URL or its title."""
    from mine2magnet.library.identity import title_key, url_key

    ids = library.store.named(given, url_key(given), title_key(given))
    if not ids:
        raise NotFound(f"no document {given!r}", where="DOC", hint="`mine2magnet search` shows ids")
    if len(ids) > 1:
        raise UserError(
            f"{given!r} names {len(ids)} documents", where="DOC", hint="one of " + ", ".join(ids[:5])
        )
    return ids[0]


def language_option(command: Callable[..., None]) -> Callable[..., None]:
    """The language of what is printed and of reports, over the settings."""

    @click.option("--language", type=click.Choice(LANGUAGES), help="What it reads in, over the settings.")
    @wraps(command)
    @click.pass_context
    def run(context: click.Context, /, language: str | None, **options: Any) -> None:
        context.obj = overridden(context.obj or load(), {"language": language})
        context.find_root().obj = context.obj  # errors are told in it, too
        context.invoke(command, **options)

    return run


as_json_option = click.option("--json", "json_", is_flag=True, help="Print JSON.")


def tell_read_only(library: Library) -> None:
    """Says on standard error that nothing can be kept, where that is so."""
    if library.store.read_only:
        click.echo("the library is read-only: it can be searched, and nothing be kept in it", err=True)


def opened(settings: Settings) -> Library:
    """The library that the settings name, for whoever is at the command line: they see all."""
    import getpass

    from mine2magnet.library.library import Library

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        name = ""
    return Library.open(settings).acting(Actor("", name, sees_all=True, address="command line"))


def with_library(command: Callable[..., None]) -> Callable[..., None]:
    """Opens the library that the settings name and hands it to the command."""

    @click.pass_obj
    @wraps(command)
    def run(settings: Settings, *args: Any, **options: Any) -> None:
        library = opened(settings)
        tell_read_only(library)
        command(library, *args, **options)

    return run
