#!/usr/bin/env python3
"""Makes the Markdown table of bench/compare.sh out of its measurements, one JSON object a line."""
import json
import statistics
import sys

COLUMNS = [  # title, field of the result, digits, whether less is better
    ("requests/s", "throughput", 0, False),
    ("p50 ms", "p50Microseconds", 3, True),
    ("p99 ms", "p99Microseconds", 3, True),
    ("server CPU us/request", "serverCpuMicroseconds", 1, True),
    ("generator us/request", "generatorCpuMicroseconds", 1, True),
]


def main(path):
    groups = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            groups.setdefault(entry["shape"], {}).setdefault(entry["system"], []).append(entry["result"])
    print("| shape | system | " + " | ".join(title for title, *_ in COLUMNS) + " | failures |")
    print("|---|---|" + "---:|" * (len(COLUMNS) + 1))
    for shape, systems in groups.items():
        medians = {}
        for system, results in systems.items():
            medians[system] = {field: median(results, field) for _, field, _, _ in COLUMNS}
            cells = [number(medians[system][field], field, digits) for _, field, digits, _ in COLUMNS]
            failures = sum(result["failures"] for result in results)
            # A run that broke off is worse than any number of refused requests.
            broken = sum(1 for result in results if "failure" in result)
            told = str(failures) + (f", {broken} runs broke off" if broken else "")
            print(f"| {shape} | {system} | " + " | ".join(cells) + f" | {told} |")
        if len(medians) == 2:
            cells = [ratio(medians["synod"][field], medians["etcd"][field]) for _, field, _, _ in COLUMNS]
            print(f"| {shape} | **Synod / etcd** | " + " | ".join(cells) + " | |")


def median(results, field):
    values = [result[field] for result in results if field in result]
    return statistics.median(values) if values else None


def number(value, field, digits):
    if value is None:
        return "?"
    in_milliseconds = field.startswith(("p50", "p99"))
    return f"{value / 1000 if in_milliseconds else value:.{digits}f}"


def ratio(ours, theirs):
    return f"**{ours / theirs:.2f}**" if ours is not None and theirs else "?"


if __name__ == "__main__":
    main(sys.argv[1])
