import { setTimeout as sleep } from "node:timers/promises";
import type { Broker } from "kafkajs/src/cluster/index.js";
import type { Logger } from "../../observability/logger.ts";
import { LogBusyError, LogUnavailableError } from "../eventlog.ts";
import { type KafkaConnection, sendTo } from "./kafka-connection.ts";
import { asLogError, errorType, isRetriable } from "./kafka-errors.ts";
import {
  ASSIGNMENT_PROTOCOL,
  type Assigned,
  decodeAssigned,
  decodeClaim,
  encodeAssigned,
  encodeClaim,
} from "./member-wire.ts";
import { planGroup } from "./plan-group.ts";

type MemberConnection = Pick<KafkaConnection, "broker" | "close" | "coordinator" | "refresh">;

export interface GroupMemberOptions {
  /** As Kafka knows it. */
  topic: string;
  groupId: string;
  partitions: number;
  /** A name that stays over restarts: coming back within the session leaves the group as it was. Null: none. */
  instanceId: string | null;
  sessionMs: number;
  heartbeatMs: number;
  /** For joining and heartbeats, the member's own: joining waits for the others, and whatever is asked after it as well. */
  connection: MemberConnection;
  /** For everything that must not wait so. */
  side: MemberConnection;
  log: Logger | null;
  /** Partitions held, or not let go of yet; the group waits for them. */
  owned(): readonly number[];
  /** What this member holds from now on; those that it had to let go of are others' once it has, and joined again. */
  onAssigned(partitions: ReadonlySet<number>): void;
  /** The group may have given everything away. */
  onLost(): void;
  /** The member cannot take part any more. */
  onFailed(error: unknown): void;
}

const BACK_OFF_MS = 200;
/** Part of a session that the group waits for members to join: who waits for them as long is still not unheard of. */
const JOIN_PER_SESSION = 0.5;
/** Whoever cannot say good-bye in this time is missed at the end of its session. */
const LEAVE_MS = 1_000;
/** A round that left partitions over is followed by another, begun by whoever let go; if nobody does, by anybody. */
const PARTIAL_PATIENCE_MS = 3_000;

/**
 * Membership in a consumer group, on the messages of kafkajs but not on its consumer, which knows neither static members nor
 * a rebalance in which members keep what they have. Here a partition moves in two rounds: its holder hears that it
 * has lost it, lets go, and joins again; only then somebody else gets it. All others read on meanwhile.
 */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #stop = new AbortController();
  #memberId = "";
  #generation = -1;
  #coordinatorId: string | null = null;
  #wantsRound = false;
  /** When the coordinator was last heard to count us in; by then it had our sign of life. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #partialSinceMs: number | null = null;
  #joining: Promise<void> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();
  #wake = Promise.withResolvers<void>();

  constructor(options: GroupMemberOptions) {
    this.#options = options;
  }

  get generation(): number {
    return this.#generation;
  }

  start(): void {
    const watching = setInterval(() => this.#expire(), this.#options.heartbeatMs);
    this.#running = this.#run().finally(() => clearInterval(watching));
  }

  /** Asks for another round: something that the group waits for was let go of. */
  rejoin(): void {
    this.#wantsRound = true;
    this.#wake.resolve();
  }

  /** Rejects with LogUnavailableError when it is not known to be kept; resolves with false when we are no member any more. */
  async commit(partition: number, offset: number, isHeld: () => boolean): Promise<boolean> {
    const { topic, groupId, sessionMs, side } = this.#options;
    const deadlineMs = performance.now() + sessionMs;
    while (isHeld()) {
      const member = { groupId, groupGenerationId: this.#generation, memberId: this.#memberId };
      const topics = [{ topic, partitions: [{ partition, offset: String(offset) }] }];
      try {
        await sendTo(await side.coordinator(groupId), "OffsetCommit", { ...member, topics });
        return true;
      } catch (error) {
        await this.#joining;
        if (member.groupGenerationId !== this.#generation) continue; // a round was completed meanwhile
        if (isOutOfGroup(error)) {
          this.#onLost(error);
          return false;
        }
        if (!isRetriable(error) || performance.now() > deadlineMs || this.#stop.signal.aborted)
          throw asLogError(`Group "${groupId}" cannot commit`, error);
        await sleep(BACK_OFF_MS);
        await side.refresh(topic).catch(() => undefined);
      }
    }
    return false;
  }

  /** What the group had committed for a partition, or null. */
  async committed(partition: number): Promise<number | null> {
    const { topic, groupId, side } = this.#options;
    const topics = [{ topic, partitions: [{ partition }] }];
    try {
      const answer = await sendTo(await side.coordinator(groupId), "OffsetFetch", { groupId, topics });
      const { responses } = answer as { responses: { partitions: { offset: string }[] }[] }; // version 4
      const offset = Number(responses[0]?.partitions[0]?.offset ?? -1);
      return offset < 0 ? null : offset;
    } catch (error) {
      throw asLogError(`The offsets of group "${groupId}" cannot be read`, error);
    }
  }

  /** A member with a name of its own is expected back, and not missed before its session ends. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.resolve();
    const { groupId, instanceId, connection, side } = this.#options;
    await connection.close();
    await this.#running;
    if (instanceId !== null || this.#memberId === "") return;
    const leave = { groupId, memberId: this.#memberId, groupInstanceId: null };
    const leaving = side.coordinator(groupId).then((coordinator) => sendTo(coordinator, "LeaveGroup", leave));
    await Promise.race([leaving.catch(() => undefined), sleep(LEAVE_MS, undefined, { ref: false })]);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        this.#wantsRound = false;
        const joining = this.#join();
        this.#joining = joining.catch(() => undefined);
        await joining;
        await this.#beat();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (!this.#survives(error)) return;
        if (errorType(error) === "REBALANCE_IN_PROGRESS") continue;
        this.#coordinatorId = null;
        await this.#pause(BACK_OFF_MS);
      }
    }
  }

  /** False when there is nothing left to be tried. */
  #survives(error: unknown): boolean {
    const { groupId, instanceId, log } = this.#options;
    if (errorType(error) === "FENCED_INSTANCE_ID") {
      this.#onLost(error);
      this.#options.onFailed(new LogBusyError(`Another process is member "${instanceId}" of group "${groupId}"`));
      return false;
    }
    if (isOutOfGroup(error)) {
      this.#onLost(error);
      // Only here: a commit's does not say whether our session ended or another process has our name.
      if (errorType(error) === "UNKNOWN_MEMBER_ID") this.#memberId = "";
    } else if (!isRetriable(error)) {
      this.#onLost(error);
      this.#options.onFailed(error);
      return false;
    }
    log?.debug({ err: error, groupId }, "a new round of the group");
    return true;
  }

  async #join(): Promise<void> {
    const { groupId, instanceId, sessionMs, topic } = this.#options;
    const coordinator = await this.#coordinator();
    const metadata = encodeClaim(topic, { owned: this.#options.owned(), generation: this.#generation });
    const fields = {
      ...{ groupId, groupInstanceId: instanceId, protocolType: "consumer" },
      ...{ sessionTimeout: sessionMs, rebalanceTimeout: sessionMs * JOIN_PER_SESSION },
      groupProtocols: [{ name: ASSIGNMENT_PROTOCOL, metadata }],
    };
    const answer = await this.#askToJoin(coordinator, fields);
    this.#memberId = answer.memberId;
    const sync = {
      ...{ groupId, groupInstanceId: instanceId, memberId: answer.memberId, generationId: answer.generationId },
      groupAssignment: answer.leaderId === answer.memberId ? this.#share(answer) : [],
    };
    const askedMs = performance.now();
    const { memberAssignment } = (await sendTo(coordinator, "SyncGroup", sync)) as { memberAssignment: Buffer }; // v3
    this.#generation = answer.generationId;
    this.#heardMs = askedMs;
    this.#take(decodeAssigned(topic, memberAssignment) ?? { partitions: [], isPartial: true });
  }

  /** A new member is told its id first, and asks again with it. */
  async #askToJoin(coordinator: Broker, fields: object): Promise<JoinAnswer> {
    try {
      return (await sendTo(coordinator, "JoinGroup", { ...fields, memberId: this.#memberId })) as JoinAnswer; // v5
    } catch (error) {
      if (!(error instanceof Error && error.name === "KafkaJSMemberIdRequired" && "memberId" in error)) throw error;
      return (await sendTo(coordinator, "JoinGroup", { ...fields, memberId: error.memberId })) as JoinAnswer;
    }
  }

  /** The leader's part: what each member gets. */
  #share({ members }: JoinAnswer): { memberId: string; memberAssignment: Buffer }[] {
    const { topic, partitions, groupId, log } = this.#options;
    const claims = members.map(({ memberId, memberMetadata }) => decodeClaim(memberId, memberMetadata));
    const { partitionsOf, withheld } = planGroup(partitions, claims);
    log?.info({ groupId, members: members.length, withheld: withheld.length }, "partitions shared out");
    return [...partitionsOf].map(([memberId, list]) => ({
      memberId,
      memberAssignment: encodeAssigned(topic, { partitions: list, isPartial: withheld.length > 0 }),
    }));
  }

  #take({ partitions, isPartial }: Assigned): void {
    this.#partialSinceMs = isPartial ? performance.now() : null;
    this.#options.onAssigned(new Set(partitions));
  }

  /** Tells the coordinator that we live, until a new round is due. */
  async #beat(): Promise<void> {
    const { groupId, instanceId, heartbeatMs } = this.#options;
    while (!this.#stop.signal.aborted && !this.#wantsRound) {
      await this.#pause(heartbeatMs);
      if (this.#wantsRound || this.#stop.signal.aborted) return;
      if (this.#partialSinceMs !== null && performance.now() - this.#partialSinceMs > PARTIAL_PATIENCE_MS) return;
      const askedMs = performance.now();
      const member = { groupId, groupGenerationId: this.#generation, memberId: this.#memberId };
      await sendTo(await this.#coordinator(), "Heartbeat", { ...member, groupInstanceId: instanceId });
      this.#heardMs = askedMs;
    }
  }

  /** Unheard of for a whole session, we may have been replaced, whatever request is still waited for. */
  #expire(): void {
    const { sessionMs, owned } = this.#options;
    if (performance.now() - this.#heardMs < sessionMs || owned().length === 0) return;
    this.#onLost(new LogUnavailableError("the coordinator was not heard of for a whole session"));
  }

  #onLost(error: unknown): void {
    const { groupId, owned, log, onLost } = this.#options;
    if (owned().length > 0) log?.warn({ err: error, groupId }, "membership lost, partitions with it");
    this.#generation = -1;
    this.rejoin();
    onLost();
  }

  async #coordinator(): Promise<Broker> {
    const { connection, groupId, topic } = this.#options;
    if (this.#coordinatorId !== null) return connection.broker(this.#coordinatorId);
    await connection.refresh(topic);
    const broker = await connection.coordinator(groupId);
    this.#coordinatorId = String(broker.nodeId);
    return broker;
  }

  async #pause(durationMs: number): Promise<void> {
    this.#wake = Promise.withResolvers();
    if (this.#wantsRound) return;
    const timer = new AbortController();
    await Promise.race([
      sleep(durationMs, undefined, { signal: timer.signal }).catch(() => undefined),
      this.#wake.promise,
    ]);
    timer.abort();
  }
}

interface JoinAnswer {
  generationId: number;
  leaderId: string;
  memberId: string;
  /** Only for the leader. */
  members: { memberId: string; memberMetadata: Buffer }[];
}

/** The group goes on without us: what we held may be another's. */
function isOutOfGroup(error: unknown): boolean {
  return ["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION", "FENCED_INSTANCE_ID"].includes(errorType(error));
}
