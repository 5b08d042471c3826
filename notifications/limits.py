"""How much work words of the office may make: read from the template before it is ever run.

The sandbox keeps them from reaching anything; here is what keeps them from counting for ever or filling the memory: no
recursion, few loops within loops, nothing that makes texts of texts. Our own words stay far below, so that whoever
copies them and writes other sentences never meets a limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from jinja2 import nodes

# Larger than any words of ours by far.
LONGEST_FILE = 64_000
# Steps that one macro may take, where each loop is taken to go round so often; two loops within each other are fine.
_MOST, _ROUNDS = 1_000_000, 100
# What pours texts into texts, or runs what is written elsewhere.
_REFUSED = (
    *(nodes.Concat, nodes.AssignBlock, nodes.CallBlock, nodes.FilterBlock, nodes.Block, nodes.NSRef),
    *(nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends),
)
# Filters that make a text longer: by how much at most, with arguments as short as these.
_GROWING = {"replace": 10, "join": 20, "truncate": 20, "e": 5, "escape": 5}
_MOST_GROWTH = 10_000
_HEAVY = ("replace", "join")
_SHORT = 10


@dataclass(slots=True)
class _Reader:
    """Reads macros in the order of the file. `costs`: the steps of each that may be called from here on."""

    faults: list[str] = field(default_factory=list)
    costs: dict[str, int] = field(default_factory=dict)

    def read(self, tree: nodes.Template) -> None:
        self.faults += [f"{type(node).__name__} is not for words" for node in tree.find_all(_REFUSED)]
        for node in tree.find_all((nodes.List, nodes.Dict)):
            if any(node.find_all((nodes.Name, nodes.Call))):
                self.faults.append("lists are made of plain values")
        for node in tree.find_all(nodes.Tuple):
            if node.ctx == "load" and any(node.find_all((nodes.Name, nodes.Call))):
                self.faults.append("lists are made of plain values")
        self._cost(tree.body)

    def _cost(self, body: list[nodes.Node]) -> int:
        total = 0
        for node in body:
            total += self._step(node)
        if total > _MOST:
            self.faults.append("too many loops and macros within each other")
        return min(total, _MOST + 1)

    def _step(self, node: nodes.Node) -> int:
        match node:
            case nodes.Macro():
                cost = self._cost(node.body)
                self._is_free("an argument", [arg.name for arg in node.args], node.name)
                self.costs[node.name] = cost
            case nodes.For():
                if node.recursive:
                    self.faults.append("a loop does not call itself")
                self._plain(node.iter)
                return 1 + _ROUNDS * (self._expressions(node.iter, node.test) + self._cost([*node.body, *node.else_]))
            case nodes.If():
                return 1 + self._expressions(node.test) + self._cost([*node.body, *node.elif_, *node.else_])
            case nodes.Assign():
                self._plain(node.node)
                self._is_free("a value", [name.name for name in _all(node.target, nodes.Name)])
                return 1 + self._expressions(node.node)
            case nodes.Output():
                return 1 + self._expressions(*node.nodes)
            case nodes.With() | nodes.Scope():
                return 1 + self._expressions(*getattr(node, "values", ())) + self._cost(node.body)
        return 1

    def _is_free(self, what: str, names: list[str], *also: str) -> None:
        if {*names} & {*self.costs, *also}:
            self.faults.append(f"{what} has the name of a macro")

    def _expressions(self, *found: nodes.Node | None) -> int:
        return sum(self._expression(each) for each in found if each is not None)

    def _expression(self, node: nodes.Node) -> int:
        cost = 1
        for call in _all(node, nodes.Call):
            for arg in [*call.args, *(kwarg.value for kwarg in call.kwargs)]:
                self._plain(arg)
            if isinstance(call.node, nodes.Name) and call.node.name in self.costs:
                cost += self.costs[call.node.name]
            else:
                self.faults.append("only macros that stand above are called")
        for each in _all(node, nodes.Filter):
            self._grown(each)
        return cost

    def _grown(self, node: nodes.Filter) -> None:
        growth, inner = 1, node
        while isinstance(inner, nodes.Filter) and inner.node is not None:
            growth *= _GROWING.get(inner.name, 1)
            values = [*inner.args, *(kwarg.value for kwarg in inner.kwargs)]
            if inner.name in {*_HEAVY, "truncate"} and not all(map(_is_short, values)):
                self.faults.append(f"what {inner.name} puts in is a short text")
            if inner.name == "replace" and values and isinstance(values[0], nodes.Const) and values[0].value == "":
                self.faults.append("nothing is replaced by something")
            inner = inner.node  # type: ignore[assignment]  # the loop ends where it is no filter
        if growth > _MOST_GROWTH:
            self.faults.append("a text that is made longer and longer")

    def _plain(self, node: nodes.Node) -> None:
        """Note where something is kept, handed over or gone through that may have been made long."""
        if any(_all(node, nodes.Call)) or any(each.name in _HEAVY for each in _all(node, nodes.Filter)):
            self.faults.append("what is kept or handed over is a plain value")


_Kind = TypeVar("_Kind", bound=nodes.Node)


def _all(node: nodes.Node, kind: type[_Kind]) -> Iterator[_Kind]:
    if isinstance(node, kind):
        yield node
    yield from node.find_all(kind)


def _is_short(value: nodes.Node) -> bool:
    return isinstance(value, nodes.Const) and (not isinstance(value.value, str) or len(value.value) <= _SHORT)


def faults_of(tree: nodes.Template) -> list[str]:
    """Return why these words are not run; nothing: whatever they are told, they end soon."""
    reader = _Reader()
    reader.read(tree)
    return list(dict.fromkeys(reader.faults))
