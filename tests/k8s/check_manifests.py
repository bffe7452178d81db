#!/usr/bin/env python3
"""Renders every overlay of k8s/ and checks the result: against the API schemas of the oldest and the
newest supported Kubernetes, against itself (ports, paths, budgets, rights), and against the agent
(its configuration file, the libraries of its image).

KUBECTL names the program that renders, MQTT_VITALS_BINARY the agent.
"""

import fnmatch
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import kubernetes_validate
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
K8S = ROOT / "k8s"
VERSIONS = ("1.29", "1.37")  # 1.29: the first with native sidecars on by default
KUBECTL = os.environ.get("KUBECTL", "kubectl")
AGENT = os.environ.get("MQTT_VITALS_BINARY")
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
BASE_PACKAGES = {"libc6", "libgcc-s1", "libstdc++6"}  # part of debian:12-slim


def render(folder):
    done = subprocess.run([KUBECTL, "kustomize", str(folder)], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{folder} does not render: {done.stderr}")
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def overlays():
    return {path.parent.name: render(path.parent)
            for path in sorted(K8S.glob("overlays/*/kustomization.yaml"))}


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h)", text).groups()
    return int(number) * UNITS[unit]


def port_of(address):
    return int(address.rsplit(":", 1)[1])


class Pod:
    """The parts of an overlay that have to fit together."""

    def __init__(self, objects):
        self.objects = objects
        (workload,) = (one for one in objects if one["kind"] == "StatefulSet")
        self.template = workload["spec"]["template"]
        self.spec = self.template["spec"]
        (self.broker,) = self.spec["containers"]
        (self.agent,) = self.spec["initContainers"]
        self.config_text = self.file_of(self.agent, self.agent["args"][2])
        self.config = yaml.safe_load(self.config_text)

    def file_of(self, container, path):
        """The text of a file that a ConfigMap puts into the container."""
        volume, name = self.place(container, path)
        (config,) = (one for one in self.spec["volumes"] if one["name"] == volume)
        (data,) = (one["data"] for one in self.objects if one["kind"] == "ConfigMap"
                   and one["metadata"]["name"] == config["configMap"]["name"])
        return data[name]

    @staticmethod
    def place(container, path):
        """(volume, path in it) of a path in a container."""
        (mount,) = (one for one in container["volumeMounts"]
                    if path.startswith(one["mountPath"] + "/"))
        return mount["name"], path[len(mount["mountPath"]) + 1:]

    def broker_log(self):
        """Where this broker's own configuration makes it log to."""
        config = self.file_of(self.broker, self.broker["command"][-1])
        return re.search(r"^log_dest file (\S+)$", config, re.MULTILINE)[1]


def on_each_overlay(check):
    def test(self):
        for name, pod in self.pods.items():
            with self.subTest(overlay=name):
                check(self, pod)
    return test


class Manifests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pods = {name: Pod(objects) for name, objects in overlays().items()}
        assert "mosquitto" in cls.pods

    @on_each_overlay
    def test_schemas_take_every_object(self, pod):
        for version in VERSIONS:
            for one in pod.objects:
                kubernetes_validate.validate(one, version, strict=True)

    @on_each_overlay
    def test_the_broker_is_probed_through_the_agent(self, pod):
        port = port_of(pod.config["probe"]["listen"])
        for probe, path in (("startupProbe", "/startupz"), ("readinessProbe", "/readyz"),
                            ("livenessProbe", "/livez")):
            self.assertEqual(pod.broker[probe]["httpGet"], {"path": path, "port": port})
        ports = {one["name"]: one["containerPort"] for one in pod.agent["ports"]}
        web = port_of(pod.config["web"]["listen"])
        self.assertEqual(ports, {"probe": port, "metrics": web})
        self.assertEqual(pod.template["metadata"]["annotations"]["prometheus.io/port"],
                         str(web))

    @on_each_overlay
    def test_the_agent_is_a_sidecar_that_the_broker_does_not_wait_for(self, pod):
        self.assertEqual(pod.agent["restartPolicy"], "Always")
        self.assertNotIn("startupProbe", pod.agent)
        self.assertNotIn("readinessProbe", pod.agent)
        self.assertEqual(pod.agent["livenessProbe"]["httpGet"],
                         {"path": "/-/healthy", "port": "metrics"})

    @on_each_overlay
    def test_a_boot_has_more_time_than_boot_max(self, pod):
        probe = pod.broker["startupProbe"]
        budget = probe["periodSeconds"] * probe["failureThreshold"]
        self.assertGreater(budget, seconds(pod.config["policy"]["boot_max"]))

    @on_each_overlay
    def test_liveness_survives_the_restart_of_a_hung_agent(self, pod):
        def patience(container):
            probe = container["livenessProbe"]
            return probe["periodSeconds"] * probe["failureThreshold"]
        grace = pod.agent["livenessProbe"]["terminationGracePeriodSeconds"]
        third_back_off = 40  # after 10 and 20 s
        self.assertGreater(patience(pod.broker), patience(pod.agent) + grace)
        self.assertGreater(patience(pod.broker), third_back_off)

    @on_each_overlay
    def test_the_agent_reads_the_file_that_the_broker_writes(self, pod):
        written = pod.place(pod.broker, pod.broker_log())
        read = [pod.place(pod.agent, path) for path in pod.config["log"]["paths"]]
        self.assertTrue(any(volume == written[0] and fnmatch.fnmatch(written[1], pattern)
                            for volume, pattern in read), f"{written} is not in {read}")
        (volume,) = (one for one in pod.spec["volumes"] if one["name"] == written[0])
        self.assertIn("sizeLimit", volume["emptyDir"])

    @on_each_overlay
    def test_the_broker_takes_over_why_it_is_killed(self, pod):
        env = {one["name"]: one["value"] for one in pod.agent["env"]}
        written = pod.place(pod.agent, env["MQTT_VITALS__OUTPUT__TERMINATION_MESSAGE"])
        command = pod.broker["lifecycle"]["preStop"]["exec"]["command"]
        self.assertEqual(command[0], "cp")
        self.assertEqual(pod.place(pod.broker, command[1]), written)
        self.assertEqual(command[2],
                         pod.broker.get("terminationMessagePath", "/dev/termination-log"))

    @on_each_overlay
    def test_the_endpoints_are_ports_of_the_broker_and_one_carries_the_round_trip(self, pod):
        ports = {one["containerPort"] for one in pod.broker["ports"]}
        for endpoint in pod.config["endpoints"]:
            self.assertIn(port_of(endpoint["url"]), ports)
        self.assertTrue(any(one.get("round_trip") for one in pod.config["endpoints"]))

    @on_each_overlay
    def test_the_services_lead_to_the_broker(self, pod):
        names = {one["name"] for one in pod.broker["ports"]}
        services = [one["spec"] for one in pod.objects if one["kind"] == "Service"]
        self.assertEqual(sorted("clusterIP" in one for one in services), [False, True])
        for service in services:
            self.assertLessEqual(service["selector"].items(),
                                 pod.template["metadata"]["labels"].items())
            self.assertLessEqual({one["targetPort"] for one in service["ports"]}, names)

    @on_each_overlay
    def test_rights_are_those_of_the_restricted_standard(self, pod):
        for container in (pod.broker, pod.agent):
            rights = container["securityContext"]
            self.assertEqual(rights, {"allowPrivilegeEscalation": False,
                                      "capabilities": {"drop": ["ALL"]},
                                      "readOnlyRootFilesystem": True, "runAsNonRoot": True,
                                      "seccompProfile": {"type": "RuntimeDefault"}})
            self.assertIn("memory", container["resources"]["limits"])
        # One uid for both, or the agent can't read a log of mode 0600.
        self.assertGreater(pod.spec["securityContext"]["runAsUser"], 0)
        self.assertTrue(pod.spec["securityContext"]["runAsNonRoot"])
        self.assertFalse(pod.spec["automountServiceAccountToken"])
        self.assertFalse(pod.spec["enableServiceLinks"])

    def test_the_pod_monitor_replaces_the_annotations(self):
        for name in self.pods:
            with tempfile.TemporaryDirectory() as folder:
                (pathlib.Path(folder) / "kustomization.yaml").write_text(yaml.safe_dump({
                    "resources": [os.path.relpath(K8S / "overlays" / name, folder)],
                    "components": [os.path.relpath(K8S / "podmonitor", folder)]}))
                objects = render(folder)
            (monitor,) = (one for one in objects if one["kind"] == "PodMonitor")
            pod = Pod(objects)
            self.assertLessEqual(monitor["spec"]["selector"]["matchLabels"].items(),
                                 pod.template["metadata"]["labels"].items())
            (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
            self.assertIn(endpoint["port"], {one["name"] for one in pod.agent["ports"]})
            annotations = pod.template["metadata"]["annotations"]
            self.assertEqual([one for one in annotations if one.startswith("prometheus.io")], [])


class Image(unittest.TestCase):
    """What the Containerfile copies is enough for the build that it asks for."""

    def test_the_copied_sources_can_be_configured(self):
        text = (K8S / "Containerfile").read_text()
        with tempfile.TemporaryDirectory() as folder:
            for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
                *sources, place = line.split()
                for name in sources:
                    target = pathlib.Path(folder, place, name if place == "./" else "")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(
                        ROOT / name, target)
            self.assertTrue(os.access(pathlib.Path(folder, "scripts/build"), os.X_OK))
            (configure,) = re.findall(r"^RUN (cmake .*) && \./scripts/build$", text, re.MULTILINE)
            done = subprocess.run(configure.split(), cwd=folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)


class Mosquitto(unittest.TestCase):
    """The real broker takes the overlay's configuration and logs what the agent needs."""

    def test_starts_and_says_so_in_its_log(self):
        broker = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        if not broker:
            print("\nSKIPPED: mosquitto is not installed", flush=True)
            self.skipTest("mosquitto is not installed")
        config = (K8S / "overlays/mosquitto/mosquitto.conf").read_text()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in ("data", "log"):
                (root / name).mkdir()
                (root / name).chmod(0o777)  # started by root, it changes to a user of its own
            root.chmod(0o755)
            (root / "mosquitto.conf").write_text(
                config.replace("/mosquitto/", f"{folder}/").replace(
                    "listener 1883", f"listener {port} 127.0.0.1"))
            process = subprocess.Popen([broker, "-c", root / "mosquitto.conf"],
                                       stderr=subprocess.PIPE, text=True)
            try:
                log, text, end = root / "log/mosquitto.log", "", time.monotonic() + 20
                while " running\n" not in text and time.monotonic() < end:
                    self.assertIsNone(process.poll(), "it ended at once")
                    text = log.read_text() if log.exists() else ""
                    time.sleep(0.02)  # waits for the line, bounded by `end`
            finally:
                process.terminate()
                said = process.communicate()[1]
        line = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}: mosquitto version \S+ running\n"
        self.assertRegex(text, line)
        self.assertIn(" running", said, "kubectl logs would show nothing")


class WithTheAgent(unittest.TestCase):
    def setUp(self):
        if not AGENT:
            print("\nSKIPPED: MQTT_VITALS_BINARY is not set, the agent was not asked", flush=True)
            self.skipTest("MQTT_VITALS_BINARY is not set")

    def test_the_agent_takes_its_configuration(self):
        for name, objects in overlays().items():
            with self.subTest(overlay=name), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "agent.yaml"
                path.write_text(Pod(objects).config_text)
                done = subprocess.run([AGENT, "config", "check", "--config", str(path)],
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_image_holds_the_libraries_that_the_agent_needs(self):
        text = (K8S / "Containerfile").read_text()
        held = set(re.findall(r"^ +(lib[\w.+-]+)", text.split("\nFROM ")[-1], re.MULTILINE))
        needed = set()
        header = subprocess.run(["readelf", "--dynamic", AGENT], check=True, capture_output=True,
                                text=True).stdout
        for library in re.findall(r"\(NEEDED\).*\[(.*)\]", header):
            if "ld-linux" in library:
                continue
            owner = subprocess.run(["dpkg-query", "--search", "*/" + library], check=True,
                                   capture_output=True, text=True).stdout
            # Of several architectures' packages of one library, one is the base's own.
            owners = {line.split(":")[0] for line in owner.splitlines()}
            if not owners & BASE_PACKAGES:
                needed |= owners
        self.assertEqual(needed, held)


if __name__ == "__main__":
    unittest.main(verbosity=1)
