#!/usr/bin/env python3
"""Measures how long nobody can write while a leader is killed, stopped or slow: three etcd and three Synod nodes, in turns.

Eight clients put through the JSON gateway that both serve, at the two nodes that survive; a request without an answer
for half a second is given up and the next begins. The gap is the longest time between two acknowledged writes of any
client. See bench/README.md.
"""

import argparse
import base64
import http.client
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

NODES = 3
CLIENTS = 8
REQUEST_SECONDS = 0.5
READY_SECONDS = 60
SYNC_DELAY_MICROSECONDS = 300_000


class Node:
    def __init__(self, system, number, port_base, data, program):
        self.name = f"{system}{number}"
        self.client = port_base + number
        self.peer = port_base + 20 + number
        self.data = os.path.join(data, self.name)
        self.log = os.path.join(data, self.name + ".log")
        self.program = program
        self.process = None

    def url(self, port):
        return f"http://127.0.0.1:{port}"

    def start(self, cluster):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.program + [
                    "--name", self.name, "--data-dir", self.data,
                    "--listen-client-urls", self.url(self.client), "--advertise-client-urls", self.url(self.client),
                    "--listen-peer-urls", self.url(self.peer), "--initial-advertise-peer-urls", self.url(self.peer),
                    "--initial-cluster", cluster, "--initial-cluster-state", "new",
                ], stdout=log, stderr=log)

    def post(self, path, body, timeout=REQUEST_SECONDS):
        connection = http.client.HTTPConnection("127.0.0.1", self.client, timeout=timeout)
        try:
            connection.request("POST", path, json.dumps(body))
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status != 200:
                raise OSError(str(answer))
            return answer
        finally:
            connection.close()


class Cluster:
    def __init__(self, system, port_base, data, program):
        self.system = system
        self.nodes = [Node(system, number, port_base, data, program) for number in range(NODES)]
        self.text = ",".join(f"{node.name}={node.url(node.peer)}" for node in self.nodes)

    def start(self):
        for node in self.nodes:
            node.start(self.text)
        self.wait_ready()

    def wait_ready(self):
        deadline = time.monotonic() + READY_SECONDS
        for node in self.nodes:
            while True:
                try:
                    node.post("/v3/kv/range", {"key": "cmVhZHk="}, timeout=2)
                    break
                except (OSError, ValueError, http.client.HTTPException):
                    if time.monotonic() > deadline:
                        sys.exit(f"faults.py: {node.name} is not ready after {READY_SECONDS} s; see {node.log}")
                    time.sleep(0.1)

    def leader(self):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for node in self.nodes:
                try:
                    status = node.post("/v3/maintenance/status", {}, timeout=2)
                    if status.get("leader", "0") == status["header"]["member_id"]:
                        return node
                except (OSError, ValueError, KeyError, http.client.HTTPException):
                    continue
            time.sleep(0.05)
        sys.exit(f"faults.py: {self.system} has no leader")

    def end(self):
        for node in self.nodes:
            if node.process and node.process.poll() is None:
                node.process.send_signal(signal.SIGCONT)
                node.process.kill()
                node.process.wait()


class Load:
    """Clients that put as fast as they are answered, and note when they are."""

    def __init__(self, nodes):
        self.acknowledged = []
        self.ended = threading.Event()
        self.threads = [
            threading.Thread(target=self.run, args=(number, nodes[number % len(nodes)]), daemon=True)
            for number in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def run(self, number, node):
        value = base64.b64encode(b"x" * 256).decode()
        connection = None
        count = 0
        while not self.ended.is_set():
            count += 1
            key = base64.b64encode(f"faults/{number}/{count % 1000}".encode()).decode()
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", node.client, timeout=REQUEST_SECONDS)
                connection.request("POST", "/v3/kv/put", json.dumps({"key": key, "value": value}))
                response = connection.getresponse()
                response.read()
                if response.status == 200:
                    self.acknowledged.append(time.monotonic())
                else:
                    time.sleep(0.005)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = None
                time.sleep(0.005)

    def gap(self, begin, end):
        """The longest time without an acknowledged write between two instants, in seconds."""
        times = [begin] + sorted(t for t in list(self.acknowledged) if begin < t < end) + [end]
        return max(b - a for a, b in zip(times, times[1:]))

    def rate(self, begin, end):
        return sum(begin < t < end for t in list(self.acknowledged)) / (end - begin)


def survivors(cluster, victim):
    return [node for node in cluster.nodes if node is not victim]


def kill(cluster):
    """The leader dies and comes back; the gap of its death and that of its return."""
    victim = cluster.leader()
    with Load(survivors(cluster, victim)) as load:
        time.sleep(1)
        died = time.monotonic()
        victim.process.kill()
        victim.process.wait()
        time.sleep(5)
        returned = time.monotonic()
        victim.start(cluster.text)
        time.sleep(5)
        end = time.monotonic()
    cluster.wait_ready()
    return {"gap, leader killed (s)": load.gap(died, returned), "gap, it returns (s)": load.gap(returned, end)}


def stop(cluster):
    """The leader is stopped for a while, as by a machine that hangs."""
    victim = cluster.leader()
    with Load(survivors(cluster, victim)) as load:
        time.sleep(1)
        stopped = time.monotonic()
        victim.process.send_signal(signal.SIGSTOP)
        time.sleep(5)
        continued = time.monotonic()
        victim.process.send_signal(signal.SIGCONT)
        time.sleep(3)
        end = time.monotonic()
    cluster.wait_ready()
    return {"gap, leader stopped (s)": load.gap(stopped, continued), "gap, it goes on (s)": load.gap(continued, end)}


def slow_disk(cluster):
    """Every sync of the leader takes 300 ms longer."""
    victim = cluster.leader()
    with Load(survivors(cluster, victim)) as load:
        time.sleep(3)
        slow = time.monotonic()
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", "trace=fdatasync", "-o", os.devnull,
             "-e", f"inject=fdatasync:delay_exit={SYNC_DELAY_MICROSECONDS}", "-p", str(victim.process.pid)])
        time.sleep(8)
        end = time.monotonic()
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
    cluster.wait_ready()
    return {"writes left after 2 s of slow syncs (part)": load.rate(slow + 2, end) / load.rate(slow - 2, slow)}


FAULTS = {"kill": kill, "stop": stop, "slow-disk": slow_disk}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synod", required=True, help="a published synod executable")
    parser.add_argument("--faults", default="kill,stop,slow-disk", help="of: " + ", ".join(FAULTS))
    parser.add_argument("--rounds", type=int, default=5, help="how often each fault happens to each system")
    parser.add_argument("--only", choices=["etcd", "synod"])
    parser.add_argument("--port-base", type=int, default=24900)
    parser.add_argument("--data", help="a folder on a real disk (default: a new temporary one)")
    arguments = parser.parse_args()
    faults = arguments.faults.split(",")
    for fault in faults:
        if fault not in FAULTS:
            parser.error(f"no fault is called '{fault}'")
    needed = ["etcd"] if arguments.only != "synod" else []
    needed += ["strace"] if "slow-disk" in faults else []
    for tool in needed:
        if not shutil.which(tool):
            sys.exit(f"faults.py: {tool} is missing: apt-get install {'etcd-server' if tool == 'etcd' else tool}")
    data = tempfile.mkdtemp(prefix="synod-faults-", dir=arguments.data)
    programs = {"etcd": ["etcd"], "synod": [arguments.synod, "serve"]}
    clusters = [
        Cluster(system, arguments.port_base + 50 * place, data, program)
        for place, (system, program) in enumerate(programs.items()) if arguments.only in (None, system)]
    measured = {}
    try:
        for cluster in clusters:
            cluster.start()
        for fault in faults:
            for number in range(arguments.rounds):
                for cluster in clusters if number % 2 == 0 else reversed(clusters):
                    for name, value in FAULTS[fault](cluster).items():
                        measured.setdefault(name, {}).setdefault(cluster.system, []).append(value)
                        print(f"{fault} {number + 1}: {cluster.system}: {name}: {value:.3f}", file=sys.stderr)
    finally:
        for cluster in clusters:
            cluster.end()
        shutil.rmtree(data)
    print("| what | system | median | worst | rounds |\n|---|---|---:|---:|---:|")
    for name, systems in measured.items():
        for system, values in systems.items():
            worst = min(values) if "part" in name else max(values)
            print(f"| {name} | {system} | {statistics.median(values):.3f} | {worst:.3f} | {len(values)} |")


if __name__ == "__main__":
    main()
