import { StackSource, Template } from './assembly';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_BYTES = 1_000_000;
const MOST: readonly (readonly [keyof Template, number])[] = [['Resources', 500], ['Parameters', 200], ['Outputs', 200], ['Mappings', 200]];

/**
 * Refuses what is too large. Wording: https://github.com/serverless/serverless/issues/2387 and
 * https://github.com/aws-samples/aws-vpc-cidr-mgmt/issues/10
 */
export function rejectTooLarge({ template, templateBytes }: StackSource): void {
  const bytes = templateBytes ?? Buffer.byteLength(JSON.stringify(template, undefined, 1));
  if (bytes > MOST_BYTES) throw new Error(`Template may not exceed ${MOST_BYTES} bytes in size.`);
  for (const [part, most] of MOST) {
    const count = Object.keys(template[part] ?? {}).length;
    if (count <= most) continue;
    throw new Error(`Template format error: Number of ${part.toLowerCase()}, ${count}, is greater than maximum allowed, ${most}`);
  }
}
