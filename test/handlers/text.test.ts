import { sentence, withNames } from '../../src/handlers/text';

test.each([
  ['Rate exceeded', 'Rate exceeded.'],
  ['No.', 'No.'],
  ['Why?', 'Why?'],
  ['cut here…', 'cut here…'],
  ['(fields: name)', '(fields: name).'],
])('a sentence ends once: %s', (text, expected) => {
  expect(sentence(text)).toBe(expected);
});

describe('values that have names', () => {
  test.each([
    ['cannot cast \'north-7\' to INT', { region: 'north-7' }, 'cannot cast \'<region>\' to INT'],
    ['xnorth-7x north-7', { region: 'north-7' }, 'x<region>x <region>'],
    ['north and northern', { a: 'north', b: 'northern' }, '<a> and <b>'],
    ['a+b $& (c)', { it: 'a+b $& (c)' }, '<it>'],
    ['line 7 of 77, 7', { day: '7' }, 'line <day> of 77, <day>'],
    ['nothing of the kind', { empty: '', other: 'else' }, 'nothing of the kind'],
  ])('stand as their names: %s', (text, values, expected) => {
    expect(withNames(text, values)).toBe(expected);
  });
});
