/** Figures as a reader wants them. */

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [[Math.floor(whole / 3600), 'h'], [Math.floor(whole / 60) % 60, 'min'], [whole % 60, 's']] as const;
  return parts.filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`).join(' ') || '0 s';
}

export const count = (value: number): string => value.toLocaleString('en-US');
export const fixed = (value: number, digits: number): string => value.toFixed(digits);
export const kilobytes = (bytes: number): string => `${bytes < 1_000 ? (bytes / 1_000).toFixed(2) : count(Math.round(bytes / 1_000))} kB`;
export const dollars = (value: number): string => (value < 0.00001 ? '< $0.00001' : `$${value.toFixed(5)}`);
