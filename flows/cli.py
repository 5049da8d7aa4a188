"""The command `huizong`: finds the verb, speaks the operator's language, turns what happened into an exit code.

Each verb is one module of flows/commands, imported only when it is called.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from flows.commands.invocation import Invocation
from flows.errors import HuizongError, UsageError
from schemas.errors import DefinitionError
from schemas.wording import Wording, load_shipped_wording

DONE, FELL_SHORT, COULD_NOT_RUN, INTERNAL_ERROR, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes, see docs/command.md."""

VERBS = (
    "init", "demo", "template", "check", "run", "serve", "doctor", "status", "digest", "findings", "decide", "withdraw",
    "history", "lock", "reopen", "export", "indicators", "evaluate", "explain",
    "dictionary", "drift", "rollover",
)  # fmt: skip

GLOBAL_FLAGS = ("--json",)
GLOBAL_VALUES = ("--workspace", "--lang")
LANGUAGES = ("zh", "en")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code."""
    code = run_command(sys.argv[1:] if arguments is None else arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    if "prefect" in sys.modules or "duckdb" in sys.modules:
        os._exit(code)  # their threads and finalisers have nothing left to do and complain when asked to end
    sys.exit(code)


def run_command(arguments: Sequence[str]) -> int:
    """Run the command with these arguments and return its exit code."""
    invocation, rest = read_global_options(arguments)
    try:
        outcome = build_command(invocation.wording).main(
            args=rest, prog_name="huizong", standalone_mode=False, obj=invocation
        )
        return int(outcome or DONE)
    except TyperException as error:
        return _explain_wrong_use(error, invocation)
    except (HuizongError, DefinitionError) as error:
        invocation.screen.show_error(spell_error(error, invocation.wording))
        return COULD_NOT_RUN
    except (KeyboardInterrupt, typer.Abort):
        invocation.screen.show_error(invocation.say("command.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  nobody reads any more
        return DONE
    except Exception:  # noqa: BLE001  whatever it is, the operator must be told and the log must have it
        invocation.screen.show_error(invocation.say("command.internal_error"))
        traceback.print_exc()
        return INTERNAL_ERROR


def read_global_options(arguments: Sequence[str]) -> tuple[Invocation, list[str]]:
    """Take --workspace, --json and --lang from wherever they stand; what is left is the verb's."""
    rest: list[str] = []
    invocation = Invocation()
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in GLOBAL_FLAGS:
            invocation = replace(invocation, as_json=True)
        elif name in GLOBAL_VALUES:
            invocation = _take_value(invocation, name, value if equals else next(waiting, ""))
        else:
            rest.append(argument)
    return invocation, rest


def build_command(wording: Wording) -> TyperGroup:
    """The command with all verbs, their help in the language of the wording."""
    _name_panels(wording)
    return VerbGroup(wording)


def spell_error(error: HuizongError | DefinitionError, wording: Wording) -> str:
    """An error in words, with what to do."""
    if isinstance(error, HuizongError):
        return error.spell(wording)
    return wording.say("errors.definition", file=error.file or "?", key=error.key or "?", problem=error.problem)


@dataclass(frozen=True, slots=True)
class _Verb:
    name: str

    @property
    def key(self) -> str:
        return self.name.replace("-", "_")


class VerbCommand(TyperCommand):
    """A verb whose usage line speaks the operator's language."""

    wording: Wording

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage:", self.wording.say("command.usage"), 1)

    def get_help_option(self, ctx: Any) -> Any:
        return _translate_help(super().get_help_option(ctx), self.wording)


class VerbGroup(TyperGroup):
    """All verbs. A module is imported when its verb is called; a list of verbs imports none."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(
            name="huizong",
            help=wording.say("command.about"),
            epilog=wording.say("command.global_options"),
            options_metavar=wording.say("command.options_metavar"),
            subcommand_metavar=wording.say("command.verb_metavar"),
            no_args_is_help=True,
        )
        self.wording = wording
        self.is_listing = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  the framework's signature
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  the framework's signature
        if cmd_name not in VERBS:
            raise UsageError("no_such_verb", name=cmd_name, known=", ".join(VERBS))
        about = self.wording.say(f"verbs.{_Verb(cmd_name).key}")
        if self.is_listing:
            return VerbCommand(cmd_name, help=about)  # never run: shows what the verb is for
        return self._load(_Verb(cmd_name), about)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.is_listing = True
        super().format_help(ctx, formatter)
        self.is_listing = False

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage:", self.wording.say("command.usage"), 1)

    def get_help_option(self, ctx: Any) -> Any:
        return _translate_help(super().get_help_option(ctx), self.wording)

    def _load(self, verb: _Verb, about: str) -> Any:
        module = importlib.import_module(f"flows.commands.{verb.key}")
        app = typer.Typer(add_completion=False)
        app.command(
            verb.name, cls=VerbCommand, help=about, options_metavar=self.wording.say("command.options_metavar")
        )(module.run)
        command = typer.main.get_command(app)
        assert isinstance(command, VerbCommand)
        command.wording = self.wording
        for parameter in command.params:
            self._describe(verb, parameter)
        return command

    def _describe(self, verb: _Verb, parameter: Any) -> None:
        for key in (f"options.{verb.key}_{parameter.name}", f"options.{parameter.name}"):
            if self.wording.knows(key):
                parameter.help = self.wording.say(key)
                return


def _take_value(invocation: Invocation, name: str, value: str) -> Invocation:
    if name == "--workspace":
        return replace(invocation, workspace_path=Path(value))
    if value not in LANGUAGES:
        return invocation
    return replace(invocation, wording=load_shipped_wording(value), is_language_given=True)


def _translate_help(option: Any, wording: Wording) -> Any:
    if option is not None:
        option.help = wording.say("options.help")
    return option


def _name_panels(wording: Wording) -> None:
    """Headings of the help pages."""
    from typer import rich_utils  # noqa: PLC0415  costs a tenth of a second that `check` need not pay

    rich_utils.ARGUMENTS_PANEL_TITLE = wording.say("command.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = wording.say("command.options")
    rich_utils.COMMANDS_PANEL_TITLE = wording.say("command.verbs")
    rich_utils.REQUIRED_LONG_STRING = wording.say("command.required")
    rich_utils.DEFAULT_STRING = wording.say("command.default")


def _explain_wrong_use(error: TyperException, invocation: Invocation) -> int:
    """Wrong options in the operator's language, with the page that helps."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        return DONE
    parameter = getattr(error, "param", None)
    key = {"NoSuchOption": "no_such_option", "MissingParameter": "missing_parameter"}.get(kind, "wrong_use")
    name = getattr(error, "option_name", None) or (parameter.opts[0] if parameter is not None else "")
    text = invocation.say(f"errors.{key}", name=name, problem=getattr(error, "message", str(error)))
    invocation.screen.show_error(text)
    return COULD_NOT_RUN
