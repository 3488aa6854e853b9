"""Variables: given before they are said or compared, compared with what they can be, and conditions that can hold."""

from __future__ import annotations

from collections.abc import Iterator

from ivr import problems
from ivr.errors import BadExpression, Problem
from ivr.expressions import names
from ivr.nodes import DecideNode, IdentifyNode, WebhookNode
from ivr.proof.facts import BLURRED, Comparison, Facts, comparisons, never
from ivr.proof.ground import Ground
from ivr.proof.variables import FIGURES, Variables
from ivr.proof.walk import Walk
from ivr.proof.words import sent, spoken_names
from ivr.texts import CUSTOMER, GIVEN, VALUES


def conditions(ground: Ground) -> list[str]:
    """All that can be read."""
    found = []
    for node in ground.tree.nodes.values():
        for case in node.decide if isinstance(node, DecideNode) else ():
            try:
                names(case.when)
            except BadExpression:
                continue
            found.append(case.when)
    return found


def taken_names(variables: Variables) -> Iterator[Problem]:
    for name in sorted(variables.givers.keys() & (GIVEN | VALUES | CUSTOMER)):
        if name not in CUSTOMER or any(giver.kind != "customer" for giver in variables.givers[name]):
            yield problems.found("taken", "", (), name=name)


def unknown(ground: Ground, variables: Variables) -> Iterator[Problem]:
    """Names that nothing in the whole tree gives, and conditions that are none."""
    # Customers of the table have names only once somebody was identified.
    given = variables.givers.keys()
    for name, node in ground.tree.nodes.items():
        for field, variable in spoken_names(ground, name):
            if variable not in given | VALUES:
                yield ground.found("unknown_in_text", name, field, name=variable)
        for variable in sent(ground, name):
            if variable not in given:
                yield ground.found("unknown_sent", name, name=variable)
        for case in node.decide if isinstance(node, DecideNode) else ():
            try:
                for variable in sorted(names(case.when) - given - GIVEN):
                    yield ground.found("unknown_in_condition", name, case.when, name=variable)
            except BadExpression as error:
                problem = error.problem
                yield ground.found(problem.kind, name, case.when, path=(), **dict(problem.values))


def too_early(ground: Ground, facts: Facts, strict: Walk) -> Iterator[Problem]:
    """Variables that are said, sent or compared where, on some path, nothing has given them yet."""
    for name, node in ground.tree.nodes.items():
        for field, variable in dict.fromkeys(spoken_names(ground, name)):
            missing = facts.missing(variable)
            path = _path_without(strict, name, missing, blurred=False)
            if path:
                yield ground.found("not_yet_said", name, field, path=path, name=variable)
            elif path := _path_without(strict, name, missing, blurred=True):
                yield ground.found("perhaps_not_yet_said", name, field, path=path, name=variable)
        if isinstance(node, WebhookNode | IdentifyNode):
            for variable in dict.fromkeys(sent(ground, name)):
                if path := _path_without(strict, name, facts.missing(variable), blurred=True):
                    yield ground.found("not_yet_sent", name, path=path, name=variable)
        if isinstance(node, DecideNode):
            yield from _never_yet(ground, facts, strict, name, node)


def _path_without(walk: Walk, name: str, missing: int, *, blurred: bool) -> tuple[str, ...]:
    """A way to the node on which the variable is not given."""
    for store in walk.stores.get(name, ()):
        if store & missing and (blurred or not store & BLURRED):
            return walk.path((name, store))
    return ()


def _never_yet(ground: Ground, facts: Facts, strict: Walk, name: str, node: DecideNode) -> Iterator[Problem]:
    """Variables of conditions that no path has given here: the condition was meant for later."""
    stores = strict.stores.get(name, ())
    for case in node.decide:
        try:
            read = sorted(names(case.when) & facts.cells.keys() - GIVEN)
        except BadExpression:
            continue
        for variable in read:
            missing = facts.missing(variable)
            if stores and all(store & facts.block(variable) == missing for store in stores):
                path = strict.path((name, stores[0]))
                yield ground.found("never_yet_given", name, case.when, path=path, name=variable)


def impossible(ground: Ground, facts: Facts, loose: Walk) -> Iterator[Problem]:
    """Comparisons that always come out the same, and branches that are never taken."""
    taken = {(ground.place(name), place) for name, place in loose.taken}
    told = set()
    for name, node in ground.tree.nodes.items():
        if not isinstance(node, DecideNode):
            continue
        reached = name in loose.stores
        for place, case in enumerate(node.decide):
            try:
                wrong = [one for one in comparisons(case.when) if never(facts, one)]
            except BadExpression:
                continue
            for one in wrong:
                yield _impossible(ground, facts.variables, name, case.when, one)
            where = (ground.place(name), place)
            if reached and not wrong and where not in taken and where not in told:
                told.add(where)
                yield ground.found("never_taken", name, case.when, when=case.when)
        if reached and node.decide and (ground.place(name), len(node.decide)) not in taken:
            yield ground.found("never_otherwise", name, "otherwise")


def _impossible(ground: Ground, variables: Variables, name: str, when: str, one: Comparison) -> Problem:
    ids = variables.ids(one.name)
    shown = f'"{one.literal}"' if isinstance(one.literal, str) else one.literal
    givers = variables.givers.get(one.name, ())
    is_text = isinstance(one.literal, str)
    if ids and is_text:
        kind = "no_such_option"
    elif one.name in variables.always and not ids:
        kind = "not_a_truth"
    elif is_text and givers and all(giver.kind in FIGURES for giver in givers):
        kind = "text_against_number" if not str(one.literal).isdecimal() else "out_of_range"
    elif not is_text and not any(giver.lowest is not None for giver in givers):
        kind = "number_against_text"
    else:
        kind = "out_of_range"
    return ground.found(kind, name, when, name=one.name, value=shown, known=", ".join(ids))
