"""Fails if a dependency of the library or the program wants a newer Rust than the crate promises."""

import json
import sys

promised = tuple(map(int, sys.argv[1].split(".")))
metadata = json.load(sys.stdin)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
root = metadata["resolve"]["root"]
assert packages[root]["rust_version"] == sys.argv[1], packages[root]["rust_version"]

seen, queue = set(), [root]
while queue:
    id = queue.pop()
    if id in seen:
        continue
    seen.add(id)
    for dependency in nodes[id]["deps"]:
        if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
            queue.append(dependency["pkg"])

newer = []
for id in seen:
    wanted = packages[id]["rust_version"]
    if wanted and tuple(map(int, wanted.split(".")[:2])) > promised:
        newer.append(f"{packages[id]['name']} {packages[id]['version']} wants Rust {wanted}")
if newer:
    sys.exit("\n".join(sorted(newer)))
print(f"{len(seen)} packages are fine with Rust {sys.argv[1]}")
