/** The text, or where that does not fit, as much of its beginning as does, cut at a character's end. */
export function shortened(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) {
    return text;
  }
  const characters = Array.from(text);
  const cut = (length: number) => `${characters.slice(0, length).join('')}…`;
  let [fitting, tooLong] = [0, characters.length];
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    [fitting, tooLong] = fits(cut(middle)) ? [middle, tooLong] : [fitting, middle];
  }
  return cut(fitting);
}

/** Ends with a full stop, once: messages of services come with one or without. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Returns the text with values replaced by their names. A short one counts where it stands alone: as a part of a word it tells nothing. */
export function withNames(text: string, values: Readonly<Record<string, string>> = {}): string {
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .sort(([, a], [, b]) => b.length - a.length)
    .reduce((masked, [name, value]) => {
      const literal = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const pattern = value.length < SHORT ? `(?<![0-9A-Za-z_])${literal}(?![0-9A-Za-z_])` : literal;
      return masked.replace(new RegExp(pattern, 'g'), () => `<${name}>`);
    }, text);
}

const SHORT = 4;
