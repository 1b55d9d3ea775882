import type { Broker, Protocol } from "kafkajs/src/cluster/index.js";
import { describe, expect, it } from "vitest";
import { GroupMember } from "./group-member.ts";
import { encodeAssigned } from "./member-wire.ts";

const TOPIC = "events";
const SESSION_MS = 300;
const JOIN_GROUP = 11;
const HEARTBEAT = 12;
const SYNC_GROUP = 14;

/** A coordinator that gives everything to its only member, and is heard no more when `hangs` is set. */
class Coordinator {
  hangs = false;
  joins = 0;
  readonly connection = {
    broker: async () => this.#broker(),
    coordinator: async () => this.#broker(),
    refresh: async () => undefined,
    close: async () => this.#ended.reject(new Error("closed")),
  };
  readonly #ended = Promise.withResolvers<never>();

  constructor() {
    this.#ended.promise.catch(() => undefined);
  }

  #broker(): Broker {
    const send = ({ request }: Protocol) => this.#answer((request as { apiKey: number }).apiKey); // kafkajs' own
    return { nodeId: 1, connectionPool: { send }, disconnect: async () => undefined };
  }

  async #answer(apiKey: number): Promise<unknown> {
    if (this.hangs) return this.#ended.promise;
    if (apiKey === HEARTBEAT) return {};
    if (apiKey === SYNC_GROUP)
      return { memberAssignment: encodeAssigned(TOPIC, { partitions: [0, 1], isPartial: false }) };
    expect(apiKey).toBe(JOIN_GROUP);
    this.joins += 1;
    return { generationId: this.joins, leaderId: "other", memberId: "own", members: [] };
  }
}

describe("a member of a group", () => {
  it("gives up what it holds at the end of a session in which it heard nothing, although a request still waits", async () => {
    const coordinator = new Coordinator();
    const { connection } = coordinator;
    let owned: number[] = [];
    let lostMs = 0;
    const member = new GroupMember({
      ...{ topic: TOPIC, groupId: "g", partitions: 2, instanceId: "own", log: null },
      ...{ sessionMs: SESSION_MS, heartbeatMs: 10, connection, side: connection },
      owned: () => owned,
      onAssigned: (partitions) => {
        owned = [...partitions];
      },
      onLost: () => {
        owned = [];
        lostMs = performance.now();
      },
      onFailed: (error) => expect.fail(String(error)),
    });
    member.start();
    await expect.poll(() => owned, { interval: 5 }).toEqual([0, 1]);
    await new Promise((resolve) => setTimeout(resolve, SESSION_MS * 2));
    expect(owned).toEqual([0, 1]); // as long as it is heard
    coordinator.hangs = true;
    const hangsMs = performance.now();
    await expect.poll(() => owned, { interval: 5 }).toEqual([]);
    expect(lostMs - hangsMs).toBeGreaterThan(SESSION_MS / 2);
    await member.close();
  });
});
