import { describe, expect, test } from 'vitest'
import { matching, termsOf, wordsOf } from './search.ts'

describe('words', () => {
  test.each([
    ['Café Straße', ['cafe', 'strasse']],
    ['ΟΔΟΣ οδός', ['οδοσ', 'οδοσ']],
    ['İstanbul ILGIN ılgın', ['istanbul', 'ilgin', 'ilgin']],
    ["O'Brien & Sons (2026)", ['o', 'brien', 'sons', '2026']],
    ['हिन्दी 東京 한국', ['हिन्दी', '東京', '한국'.normalize('NFKD')]],
    ['ﬁne №5', ['fine', 'no5']],
    ['"AND" OR NOT NEAR(a b) title: ^x * -y', ['and', 'or', 'not', 'near', 'a', 'b', 'title', 'x', 'y']],
    ['snake_case', ['snake', 'case']],
    ['… — !', []],
    ['', []],
  ])('of %j are %j', (text, words) => {
    expect(wordsOf(text)).toEqual(words)
  })

  test('composed and decomposed letters are the same', () => {
    expect(wordsOf('Ångström'.normalize('NFD'))).toEqual(wordsOf('Ångström'.normalize('NFC')))
  })

  test('carry their workspace', () => {
    expect(termsOf(7, 'Big deal')).toEqual(['7·big', '7·deal'])
    expect(matching('deal', 7, 'Big deal', ['title'])).toEqual({
      fts5: '{title} : ("7·big" * AND "7·deal" *)',
      tsquery: "'7·big':*A & '7·deal':*A",
    })
    expect(matching('party', 7, 'Big deal', ['name'])?.tsquery).toBe("'7·big':* & '7·deal':*")
    expect(matching('deal', 7, '*"()', ['title'])).toBe(null)
  })

  test('beyond the sixteenth make no search longer', () => {
    const text = Array.from({ length: 5000 }, (_, index) => `word${index}`).join(' ')
    const match = matching('deal', 7, text, ['title', 'custom'])
    expect(match?.fts5.length).toBeLessThan(400)
    expect(match?.tsquery.length).toBeLessThan(400)
  })
})
