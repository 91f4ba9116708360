/** Words in a drawing, each of a class that its style sheet knows. */

export const LINE = 16;

const escaped = (words: string): string => words.replace(/&/g, '&amp;').replace(/</g, '&lt;');

export const text = (x: number, y: number, words: string, kind: string): string => `<text x="${x}" y="${y}" class="${kind}">${escaped(words)}</text>`;

type Word = readonly [word: string, kind: string];

/** Returns the words in lines, each with its kind. */
export function wrapped(parts: readonly (readonly [words: string, kind: string])[], characters: number): Word[][] {
  const lines: Word[][] = [[]];
  for (const [word, kind] of parts.flatMap(([words, of]) => words.split(' ').map((each): Word => [each, of]))) {
    const line = lines[lines.length - 1];
    const length = line.reduce((sum, [before]) => sum + before.length + 1, word.length);
    if (length > characters) {
      lines.push([[word, kind]]);
    } else {
      line.push([word, kind]);
    }
  }
  return lines;
}

const spans = (line: readonly Word[]): string =>
  [...new Set(line.map(([, kind]) => kind))].map((kind) => [kind, line.filter((word) => word[1] === kind).map(([word]) => word).join(' ')])
    .map(([kind, words]) => `<tspan class="${kind}">${escaped(words)}</tspan>`).join(' ');

/** Returns entries of some lines below each other, with their numbers in front of them. */
export function numbered(entries: readonly Word[][][], left: number, top: number): string[] {
  let y = top;
  return entries.flatMap((lines, index) => {
    const drawn = lines.map((line, at) => `<text x="${left}" y="${y + LINE * at}">${spans(line)}</text>`);
    const number = text(left - 10, y, String(index + 1), 'number right');
    y += LINE * lines.length + 4;
    return [number, ...drawn];
  });
}
