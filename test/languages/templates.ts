export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const isObject = (value: Json): value is { [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The differences of two templates, one a line. What does not count is the order of the keys of an object, in the template and in the JSON
 * that its strings hold: Go sorts the keys of the maps that it hands over. Everything else does, asset hashes and logical ids included.
 */
export function differences(one: Json, other: Json): string[] {
  return differencesAt('', opened(one), opened(other));
}

function differencesAt(path: string, one: Json | undefined, other: Json | undefined): string[] {
  if (one !== undefined && other !== undefined) {
    if (Array.isArray(one) && Array.isArray(other)) {
      return Array.from({ length: Math.max(one.length, other.length) }, (_, index) => differencesAt(`${path}[${index}]`, one[index], other[index])).flat();
    }
    if (isObject(one) && isObject(other)) {
      const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
      return keys.flatMap((key) => differencesAt(path ? `${path}.${key}` : key, one[key], other[key]));
    }
  }
  return one === other ? [] : [`${path}: ${shown(one)} is ${shown(other)}`];
}

const shown = (value?: Json) => value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200);

/** With the JSON in strings, and in texts joined of strings and references, as values of their own. */
function opened(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(opened);
  }
  if (isObject(value)) {
    return openedText(value) ?? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
  }
  return typeof value === 'string' ? parsed(value) ?? value : value;
}

function openedText({ 'Fn::Join': join, ...rest }: { [key: string]: Json }): Json | undefined {
  if (!Array.isArray(join) || Object.keys(rest).length || join[0] !== '' || !Array.isArray(join[1])) {
    return undefined;
  }
  // References stand within the quotes of a JSON string.
  return parsed(join[1].map((part) => typeof part === 'string' ? part : JSON.stringify(JSON.stringify(part)).slice(1, -1)).join(''));
}

function parsed(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) {
    return undefined;
  }
  try {
    return { 'JSON text': JSON.parse(text) };
  } catch {
    return undefined;
  }
}
