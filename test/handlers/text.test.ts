import { sentence, withNames } from '../../src/handlers/text';

test('a sentence ends once', () => {
  expect(['Rate exceeded', 'No.', 'Why?', 'cut here…', '(fields: name)'].map(sentence))
    .toEqual(['Rate exceeded.', 'No.', 'Why?', 'cut here…', '(fields: name).']);
});

test.each([
  ['cannot cast \'north-7\' to INT', { region: 'north-7' }, 'cannot cast \'<region>\' to INT'],
  ['xnorth-7x north-7', { region: 'north-7' }, 'x<region>x <region>'],
  ['north and northern', { a: 'north', b: 'northern' }, '<a> and <b>'],
  ['a+b $& (c)', { it: 'a+b $& (c)' }, '<it>'],
  ['line 7 of 77, 7', { day: '7' }, 'line <day> of 77, <day>'],
  ['nothing of the kind', { empty: '', other: 'else' }, 'nothing of the kind'],
])('values that have names stand as these: %s', (text, values, expected) => {
  expect(withNames(text, values)).toBe(expected);
});
