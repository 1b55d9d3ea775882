/** What a member says of itself when it joins. */
export interface MemberClaim {
  memberId: string;
  /** Partitions that it holds now, or has not finished letting go of. */
  owned: readonly number[];
  /** The generation in which it was given them. */
  generation: number;
}

export interface GroupPlan {
  partitionsOf: Map<string, number[]>;
  /**
   * Partitions that nobody gets in this round: their holders have to let go of them first. When they have, they join
   * again, and the next plan gives them away.
   */
  withheld: number[];
}

/**
 * Shares a topic's partitions among the members of a group: evenly (± 1), moving as few as possible, and never to a second
 * member while the first may still hold them. The same members and claims always give the same plan.
 */
export function planGroup(partitions: number, members: readonly MemberClaim[]): GroupPlan {
  const ownerOf = findOwners(partitions, members);
  const ownedBy = Map.groupBy([...ownerOf.keys()].sort(byNumber), (partition) => ownerOf.get(partition) ?? "");
  const owned = (memberId: string): number[] => ownedBy.get(memberId) ?? [];
  // Who holds more may keep one more, where the number does not come out even.
  const ranked = members
    .map(({ memberId }) => memberId)
    .sort((a, b) => owned(b).length - owned(a).length || (a < b ? -1 : 1));
  const least = Math.floor(partitions / Math.max(1, ranked.length));
  const extra = partitions - least * ranked.length;

  const free = Array.from({ length: partitions }, (_, partition) => partition).filter((one) => !ownerOf.has(one));
  const plan: GroupPlan = { partitionsOf: new Map(), withheld: [] };
  for (const [rank, memberId] of ranked.entries()) {
    const share = least + (rank < extra ? 1 : 0);
    const kept = owned(memberId).slice(0, share);
    plan.withheld.push(...owned(memberId).slice(share));
    plan.partitionsOf.set(memberId, [...kept, ...free.splice(0, share - kept.length)].sort(byNumber));
  }
  plan.withheld.sort(byNumber);
  return plan;
}

/** Of two who claim the same partition, one has not heard yet that it lost it: the older generation. */
function findOwners(partitions: number, members: readonly MemberClaim[]): Map<number, string> {
  const ownerOf = new Map<number, string>();
  for (const { memberId, owned } of [...members].sort((a, b) => a.generation - b.generation)) {
    for (const partition of owned) if (partition < partitions) ownerOf.set(partition, memberId);
  }
  return ownerOf;
}

const byNumber = (a: number, b: number): number => a - b;
