import { AssignerProtocol } from "kafkajs";
import { z } from "zod";
import type { MemberClaim } from "./plan-group.ts";

/** Name of our way of sharing partitions, which all members of a group have to speak. */
export const ASSIGNMENT_PROTOCOL = "playhead-sticky-1";
const VERSION = 0;

/** What the leader tells a member. */
export interface Assigned {
  partitions: readonly number[];
  /** Some partitions are nobody's in this generation: another round has to follow. */
  isPartial: boolean;
}

const Claim = z.object({ generation: z.number().int(), owned: z.array(z.number().int().min(0)) });
const Notes = z.object({ isPartial: z.boolean() });

export function encodeClaim(topic: string, { owned, generation }: Omit<MemberClaim, "memberId">): Buffer {
  const userData = Buffer.from(JSON.stringify({ generation, owned }));
  return AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics: [topic], userData });
}

/** A member that cannot be understood holds nothing that we know of. */
export function decodeClaim(memberId: string, bytes: Buffer): MemberClaim {
  const userData = AssignerProtocol.MemberMetadata.decode(bytes)?.userData;
  const claim = Claim.safeParse(parseJson(userData));
  return { memberId, ...(claim.success ? claim.data : { generation: -1, owned: [] }) };
}

export function encodeAssigned(topic: string, { partitions, isPartial }: Assigned): Buffer {
  const userData = Buffer.from(JSON.stringify({ isPartial }));
  return AssignerProtocol.MemberAssignment.encode({
    version: VERSION,
    assignment: { [topic]: [...partitions] },
    userData,
  });
}

/** Null where the leader had nothing to say to this member. */
export function decodeAssigned(topic: string, bytes: Buffer): Assigned | null {
  const decoded = bytes.length === 0 ? null : AssignerProtocol.MemberAssignment.decode(bytes);
  if (decoded === null) return null;
  const notes = Notes.safeParse(parseJson(decoded.userData));
  return { partitions: decoded.assignment[topic] ?? [], isPartial: notes.success && notes.data.isPartial };
}

function parseJson(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString("utf8") ?? "");
  } catch {
    return null;
  }
}
