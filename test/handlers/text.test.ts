import { sentence } from '../../src/handlers/text';

test.each([
  ['Rate exceeded', 'Rate exceeded.'],
  ['No.', 'No.'],
  ['Why?', 'Why?'],
  ['cut here…', 'cut here…'],
  ['(fields: name)', '(fields: name).'],
])('a sentence ends once: %s', (text, expected) => {
  expect(sentence(text)).toBe(expected);
});
