/**
 * IAM's limits for a role, in characters: of all inline policies together, and of each managed policy.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MOST_INLINE = 10_240;
const MOST_MANAGED = 6_144;
export const MOST_POLICIES = 10;
/** For the role's own policy: its log, the record and network interfaces. */
const RESERVED = 850;

export interface PolicyGroups<T> {
  readonly managed: boolean;
  readonly groups: T[][];
}

/**
 * Divides what needs permissions into those that share a policy: all of a level, where inline policies have the room.
 * Twice, since those of before an update stay until what they were for is gone.
 */
export function policyGroupsOf<T>(levels: readonly T[][], sizeOf: (group: readonly T[]) => number, taken = 0): PolicyGroups<T> {
  const inline = levels.reduce((total, level) => total + 2 * sizeOf(level), RESERVED + taken);
  return inline <= MOST_INLINE
    ? { managed: false, groups: [...levels] }
    : { managed: true, groups: levels.flatMap((level) => divided(level, sizeOf)) };
}

function divided<T>(level: readonly T[], sizeOf: (group: readonly T[]) => number): T[][] {
  const groups: T[][] = [[]];
  for (const item of level) {
    const last = groups[groups.length - 1];
    if (last.length === 0 || sizeOf([...last, item]) <= MOST_MANAGED) {
      last.push(item);
    } else {
      groups.push([item]);
    }
  }
  return groups;
}
