#!/usr/bin/env python3
"""Reads Dockerfile and docker-compose.yml and refuses what must not be deployed. Needs PyYAML, and no container engine.

It holds what a review would otherwise have to remember: nobody is root, nothing is writable or privileged without need, what
runs is watched and restarted, secrets come from files, and nothing listens beyond loopback.
"""

import json
import re
import sys
import tomllib

import yaml

SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY\b")
faults = []


def demand(holds, fault):
    """Notes a fault where something does not hold."""
    if not holds:
        faults.append(fault)


def not_root(user):
    """Tells whether a user is a number other than 0: a name could be root in the image."""
    return bool(re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", str(user)))


def pinned(image):
    """Tells whether an image names a version."""
    tag = image.rpartition("/")[2].partition(":")[2]
    return bool(tag) and tag != "latest"


def dockerfile_stages(text):
    """Returns the build stages, each a list of (instruction, rest)."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    stages = []
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            stages.append([])
        demand(stages, f"Dockerfile: {instruction} before FROM")
        if stages:
            stages[-1].append((instruction, rest.strip()))
    return stages


def check_dockerfile(path):
    """Checks the image, and tells whether it brings a user and a health check."""
    with open(path, encoding="utf-8") as file:
        stages = dockerfile_stages(file.read())
    demand(len(stages) > 1, "Dockerfile: the compiler must not be in the image that runs")
    names = set()
    for stage in stages:
        for instruction, rest in stage:
            if instruction == "FROM":
                image, *alias = rest.split()
                demand(image in names or pinned(image), f"Dockerfile: {image} names no version")
                names.update(alias[1:])
                rust = re.fullmatch(r"rust:([\d.]+).*", image)
                with open("Cargo.toml", "rb") as file:
                    wanted = tomllib.load(file)["package"]["rust-version"]
                demand(not rust or rust[1] == wanted, f"Dockerfile: {image}, but Cargo.toml asks for {wanted}")
            demand(instruction != "ADD", "Dockerfile: ADD fetches and unpacks; COPY does not")
            if instruction in ("ENV", "ARG"):
                demand(not SECRET_NAME.search(rest), f"Dockerfile: a secret would stay in the image: {rest}")
            if source := re.search(r"--from=(\S+)", rest):
                demand(source[1] in names, f"Dockerfile: no stage {source[1]}")
    last = dict(stages[-1])
    demand(not_root(last.get("USER", "0")), "Dockerfile: the last stage needs a numeric USER other than 0")
    check = re.search(r"CMD (\[.*\])$", last.get("HEALTHCHECK", ""))
    demand(check and json.loads(check[1]), "Dockerfile: HEALTHCHECK must be a list, without a shell of its own")
    demand(last.get("ENTRYPOINT", "").startswith("["), "Dockerfile: ENTRYPOINT as a list, or signals end in a shell")


def check_secrets(name, service, declared):
    """Checks that a service's secrets are files, and that the files are there."""
    mounted = set(service.get("secrets", []))
    demand(mounted <= declared, f"{name}: secrets that nobody declares: {mounted - declared}")
    for variable, value in service.get("environment", {}).items():
        if variable.endswith("_FILE"):
            secret = str(value).removeprefix("/run/secrets/")
            demand(secret in mounted, f"{name}: {variable} is no secret of this service: {value}")
        else:
            demand(not SECRET_NAME.search(variable), f"{name}: {variable} must come from a file")
            demand(not re.search(r"//[^/@]*:[^/@]*@", str(value)), f"{name}: {variable} holds a password")


def check_service(name, service, compose):
    """Checks one service of the compose file."""
    built = "build" in service
    demand(built or pinned(service["image"]), f"{name}: {service.get('image')} names no version")
    demand(not_root(service["user"]) if "user" in service else built, f"{name}: runs as root")
    demand(service.get("read_only") is True, f"{name}: the root file system is writable")
    demand(service.get("cap_drop") == ["ALL"] and not service.get("cap_add"), f"{name}: keeps capabilities")
    demand("no-new-privileges:true" in service.get("security_opt", []), f"{name}: may gain privileges")
    demand(not service.get("privileged") and "network_mode" not in service, f"{name}: is not confined")
    check_secrets(name, service, set(compose["secrets"]))

    waited_for = [
        other["depends_on"][name]["condition"]
        for other in compose["services"].values()
        if name in other.get("depends_on", {})
    ]
    if service.get("restart") == "no":
        demand(
            set(waited_for) == {"service_completed_successfully"},
            f"{name}: runs once, and nobody waits for its end",
        )
    else:
        demand(service.get("restart") == "unless-stopped", f"{name}: is not restarted")
        watched = service.get("healthcheck", {"test": True} if built else {})
        demand(watched.get("test") and not watched.get("disable"), f"{name}: has no health check")
        demand(set(waited_for) <= {"service_healthy"}, f"{name}: must be waited for until it is healthy")

    for other in service.get("depends_on", {}):
        demand(other in compose["services"], f"{name}: depends on {other}, which is not there")
    for network in service.get("networks", []):
        demand(network in compose["networks"], f"{name}: no network {network}")
    for volume in service.get("volumes", []):
        demand(volume.split(":")[0] in compose["volumes"], f"{name}: {volume} is no named volume")
    for port in service.get("ports", []):
        demand(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), f"{name}: {port} listens beyond loopback")


def check_compose(path):
    """Checks the compose file as a whole."""
    with open(path, encoding="utf-8") as file:
        compose = yaml.safe_load(file)
    for name, service in compose["services"].items():
        check_service(name, service, compose)
    for name, secret in compose["secrets"].items():
        demand(secret.get("file", "").startswith("./secrets/"), f"secret {name}: belongs into ./secrets")
    instances = [s for s in compose["services"].values() if "build" in s and s["restart"] != "no"]
    demand(len(instances) >= 2, "docker-compose.yml: one instance proves nothing about many")
    demand(len({s["image"] for s in instances}) == 1, "docker-compose.yml: the instances differ")
    return len(compose["services"])


check_dockerfile("Dockerfile")
count = check_compose("docker-compose.yml")
for fault in faults:
    print(f"deployment: {fault}", file=sys.stderr)
if faults:
    sys.exit(1)
print(f"deployment: Dockerfile and {count} services are as they should be")
