import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ComposePlan, composed, composeFile } from "./compose-file.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-compose-file-"));
const path = join(folder, "compose.yml");
mkdirSync(join(folder, "settings"));
writeFileSync(join(folder, "settings", "intake.ini"), "");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plan: ComposePlan = {
  service: "intake",
  environment: { SECRET: "a$b" },
  mounts: [{ from: "/run/keys", to: "/run/keys", readOnly: true }],
  resolver: { from: "/run/resolv.conf", to: "/etc/resolv.conf", readOnly: true },
  limits: { memoryMb: 64 },
  images: { intake: "komfrem-built:1", db: "store:2" },
  network: "komfrem-live-x",
  addresses: { intake: "10.0.0.3", db: "10.0.0.4" },
  labels: { "komfrem.run": "x" },
};

const file = (intake: object, more: object = {}): unknown => ({
  services: { intake, db: { image: "store:2", container_name: "the-db" } },
  ...more,
});

describe("a compose file", () => {
  it("is run on the network of the run alone, with names and volumes of the run", () => {
    const intake = {
      build: ".",
      ports: ["8080:80"],
      environment: ["OWN=1", "SECRET=none"],
      volumes: ["kept:/var/kept", "/var/unnamed", `${folder}/settings:/etc/intake:ro`],
      networks: { outside: null },
      links: ["db:store"],
      restart: "always",
    };
    const read = file(intake, { volumes: { kept: { name: "of-the-vendor" } }, networks: { outside: {} } });
    const model = composed(composeFile(path, "intake", read), plan) as {
      services: Record<string, Record<string, unknown>>;
    };
    const { intake: own, db } = model.services;
    expect(own).toEqual({
      image: "komfrem-built:1",
      depends_on: {},
      networks: { default: { ipv4_address: "10.0.0.3" } },
      extra_hosts: ["intake:10.0.0.3", "db:10.0.0.4", "the-db:10.0.0.4", "store:10.0.0.4"],
      labels: plan.labels,
      volumes: [
        "kept:/var/kept",
        "intake-1:/var/unnamed",
        `${folder}/settings:/etc/intake:ro`,
        "/run/keys:/run/keys:ro",
      ],
      environment: { OWN: "1", SECRET: "a$$b" },
      restart: "no",
      mem_limit: "64m",
      memswap_limit: "64m",
    });
    expect(db).toMatchObject({ image: "store:2", volumes: ["/run/resolv.conf:/etc/resolv.conf:ro"] });
    expect(model).toMatchObject({
      networks: { default: { external: true, name: "komfrem-live-x" } },
      volumes: { kept: { labels: plan.labels }, "intake-1": { labels: plan.labels } },
    });
    expect(JSON.stringify(model)).not.toContain("of-the-vendor");
  });

  it.each([
    [{ privileged: true }, "asks for privileged"],
    [{ network_mode: "host" }, "asks for network_mode"],
    [{ pid: "host" }, "asks for pid"],
    [{ cap_add: ["NET_ADMIN"] }, "asks for cap_add"],
    [{ deploy: { replicas: 2 } }, "runs more than once"],
    [{ volumes: [`${folder}/settings:/etc/intake:rw`] }, "outlives a run"],
    [{ volumes: [{ type: "bind", source: `${folder}/settings`, target: "/etc" }] }, "outlives a run"],
    [{ volumes: ["/var/run:/var/run:ro"] }, "has /var/run mounted"],
  ])("is refused where it reaches further: %j", (intake, why) => {
    expect(() => composeFile(path, "intake", file(intake))).toThrow(why);
  });

  it("is refused where its volume is everybody's, or it lacks the service", () => {
    const read = file({}, { volumes: { shared: { external: true } } });
    expect(() => composeFile(path, "intake", read)).toThrow("Its volume shared is kept outside of it");
    expect(() => composeFile(path, "outtake", file({}))).toThrow("It has no service outtake; it has intake, db.");
  });
});
