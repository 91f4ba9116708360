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
