"""What a page shows of the record of the benchmark: tables, the machine, and where others win."""

import html

from scripts import bench_record

PEERS = {"torch": "PyTorch", "onnxruntime": "ONNX Runtime"}
KINDS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "attention": ""}
PASSES = ("forward", "both")
MACHINE = ("date", "processor", "system", "versions", "threads", "clock", "allocator", "command")


def show(argument, words, path=bench_record.RECORD):
    """Return one part of the record as HTML.

    Parameters
    ----------
    argument : str
        `machine`, `sizes`, `slower`, or a kind and a pass: `lstm both`.
    words : function (key) -> str
        The labels in the language of the page.
    path : Path

    Raises
    ------
    LookupError
        If the record has no such part.
    """
    record = bench_record.read(path)
    if argument in PARTS:
        return PARTS[argument](record, words)
    kind, _, which = argument.partition(" ")
    rows = [row for row in record["rows"] if (row["kind"], row["pass"]) == (kind, which)]
    if not rows:
        parts = ", ".join([*PARTS, *(f"{kind} {which}" for kind in KINDS for which in PASSES)])
        raise LookupError(f"the record of the benchmark has no {argument!r}; it has {parts}")
    return times(rows, words)


def times(rows, words):
    """Return the times of one kind and pass: ours, and what others take by ours."""
    others = [name for name in ("torch", "onnxruntime", "naive") if name in rows[0]["ratio"]]
    others = [name for name in others if any(name in row["ratio"] for row in rows)]
    heads = [words("bench_case"), "ms", *(PEERS.get(n) or words(f"bench_{n}") for n in others)]
    lines = []
    for row in rows:
        ratios = [ratio(row["ratio"].get(name)) for name in others]
        case = f"{words('bench_' + row['size'])} {row['dtype']}"
        share = f"{row['ratio']['products']:.0%}"
        lines.append([case, milliseconds(row["ms"]["rnnref"]), *ratios, share])
    return table([*heads, words("bench_products")], lines)


def ratio(value):
    """Return a ratio, bold where the other one is faster."""
    if value is None:
        return "–"
    return f"<strong>{value:.2f}</strong>" if value < 1 else f"{value:.2f}"


def milliseconds(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def machine(record, words):
    """Return where, with what and how the times were taken."""
    said = dict(record)
    said["processor"] = f"{record['processor']}, {record['cores']} {words('bench_cores')}"
    known = [f"{name} {version}" for name, version in record["versions"].items() if version]
    said["versions"] = ", ".join(known)
    for key in ("clock", "allocator"):
        label = f"bench_{key}_{record[key].partition(' ')[0]}"
        said[key] = record[key] if "=" in record[key] else words(label)
    said = {key: html.escape(str(said[key]), quote=False) for key in MACHINE}
    said["command"] = f"<code>{said['command']}</code>"
    rows = "".join(
        f'<tr><th scope="row">{words(f"bench_{key}")}</th><td>{said[key]}</td></tr>'
        for key in MACHINE
    )
    return f"<table>{rows}</table>"


def sizes(record, words):
    """Return what the names of the sizes mean."""
    cells, attention = record["sizes"]["cells"], record["sizes"]["attention"]
    lines = [
        [
            words(f"bench_{name}"),
            *(" × ".join(map(str, given[name])) for given in (cells, attention)),
        ]
        for name in cells
    ]
    return table([words("bench_size"), words("bench_of_cells"), words("bench_of_attention")], lines)


def slower(record, words):
    """List every case in which somebody else is faster than `rnnref`."""
    lines = []
    for row in record["rows"]:
        for name in (*PEERS, "naive"):
            if row["ratio"].get(name, 1) < 1:
                what = KINDS[row["kind"]] or words("attention")
                case = " ".join([what, words(f"bench_{row['size']}"), row["dtype"]])
                times = f"{1 / row['ratio'][name]:.2f}"
                who = PEERS.get(name) or words("bench_naive")
                lines.append([case, words(f"bench_{row['pass']}"), who, times])
    heads = [words(f"bench_{key}") for key in ("case", "pass", "who", "times")]
    return table(heads, lines)


def table(heads, lines):
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


PARTS = {"machine": machine, "sizes": sizes, "slower": slower}
