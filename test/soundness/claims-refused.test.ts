/** What an author of claims and proofs can get wrong is refused, with the place and the remedy. */
import { describe, expect, test } from 'vitest'
import { agreement, decided } from '../../properties/claims.ts'
import { assertClaims, liveness, match, noException, said, sometimes } from '../../src/model/index.ts'
import { type Anything, authored, checked, fuzzed } from './author.ts'
import { of, paying, refused, some } from './claimed.ts'

describe('a claim that answers what no claim may', () => {
  const answers: readonly (readonly [what: string, answer: Anything, says: RegExp])[] = [
    ['false', false, /claim it answers false/],
    ['true', true, /claim it answers true/],
    ['null', null, /claim it answers null/],
    ['nothing in quotes', '', /claim it answers ''/],
    ['a number', 0, /claim it answers 0/],
    ['a promise', Promise.resolve(undefined), /claim it answers a promise/],
    ['an object', { broken: true }, /claim it answers an object/],
  ]
  for (const [what, answer, says] of answers)
    test(what, () =>
      refused(
        of({}, () => answer),
        says,
      ),
    )
  test('no boolean from a guard', () => {
    const guard = sometimes<Anything>({ name: 'g', about: 'x' }, (o) => o.outputs.length as never)
    expect(() => checked(paying, { n: 2 }, [of({}, () => undefined), guard])).toThrow(/claim g answers 0/)
  })
  test('an exception', () =>
    refused(
      of({}, ({ outputs }) => outputs[0].output.decided.slot),
      /the claim it threw TypeError: .*; it was given/,
    ))
  test('another answer each time', () => {
    let calls = 0
    return refused(
      of({}, () => (calls++ % 2 === 1 ? 'odd' : undefined)),
      /asked about the same twice/,
    )
  })
  test('what it once saw, remembered', async () => {
    const remembers = () => {
      let most = 0
      return of({}, ({ outputs }) => {
        most = Math.max(most, outputs.length)
        return most > 1 ? 'two' : undefined
      })
    }
    const says = /asked about the same twice/
    expect(() => checked(paying, { n: 2 }, [remembers(), some])).toThrow(says)
    expect(() => checked(paying, { n: 2, steps: 'eager' }, [remembers(), some])).toThrow(says)
    await expect(fuzzed(paying, { n: 2 }, [remembers(), some])).rejects.toThrow(says)
  })
  test('a list that it sorts in place', () =>
    refused(
      of({}, (o) => void [o.outputs.push({})]),
      /threw TypeError/,
    ))
})

describe('claims are held to the form that they have', () => {
  const never = () => undefined
  const wrong: readonly (readonly [what: string, claims: Anything, says: RegExp])[] = [
    ['no list', 'agreement', /the claims are not a list/],
    ['no claim', [{ kind: 'safety' }], /entry 1 of the claims is not a claim/],
    ['a function', [never], /entry 1 of the claims is not a claim/],
    ['two of one name', [of({}, never), of({}, never)], /two claims are called it/],
    ['two agreements', [agreement(() => undefined), agreement(() => undefined)], /two claims are called agreement/],
    ['two of one name and two kinds', [of({ name: 'some' }, never), some], /two claims are called some/],
    ['a reserved name', [of({ name: 'no-exception' }, never)], /claim no-exception has a name that is taken/],
    ['the name of all', [of({ name: 'all' }, never)], /claim all has a name that is taken/],
    ['no name', [of({ name: '' }, never)], /has no name/],
    ['a name with a comma', [of({ name: 'a,b' }, never)], /has no name/],
    ['no about', [of({ about: undefined }, never)], /has no sentence `about`/],
    ['an empty about', [of({ about: ' ' }, never)], /has no sentence `about`/],
    ['no function', [of({}, undefined as never)], /judges nothing/],
    ['order', [of({ reads: ['order'] }, never)], /reads order, which is not kept/],
    ['something unknown', [of({ reads: ['states'] }, never)], /reads states/],
    ['reads that are no list', [of({ reads: 'soup' }, never)], /no list of what it reads/],
    ['words without soup', [of({ words: ['V'] }, never)], /names words without reading soup/],
    ['no words', [of({ reads: ['soup'], words: [] }, never)], /names words that are not a list/],
    ['notes without notes', [of({ notes: ['paid'] }, never)], /names notes without reading notes/],
    ['half a count', [of({ counts: 2.5 }, never)], /counts 2.5/],
    ['too small a count', [of({ counts: 1 }, never)], /counts 1/],
    ['a slot that is none', [of({ slot: 'slot' }, never)], /has a `slot` that is of no use/],
    [
      'an unknown healing',
      [liveness({ name: 'l', about: 'x', healing: 'soon' as never }, never)],
      /healing called soon/,
    ],
  ]
  for (const [what, claims, says] of wrong) {
    test(what, async () => {
      expect(() => assertClaims(claims, 'here')).toThrow(says)
      if (Array.isArray(claims)) {
        expect(() => checked(paying, { n: 2 }, claims)).toThrow(says)
        await expect(fuzzed(paying, { n: 2 }, claims)).rejects.toThrow(says)
      }
    })
  }
  test('ready-made ones take a name', () => {
    const two = [
      agreement(() => undefined),
      agreement(() => undefined, { name: 'second' }),
      decided(() => undefined),
      noException,
    ]
    expect(() => assertClaims(two, 'here')).not.toThrow()
  })
})

describe('a proof that goes wrong is its author’s', () => {
  const V = match<Anything>('V')
  const proved = (V: Anything) => authored(() => {}, { auth: 'signatures', proofs: { V } })
  const wrong: readonly (readonly [what: string, proof: Anything, says: RegExp])[] = [
    ['it throws', ({ v }: Anything) => said(1, match<Anything>(v.missing.type)), /the proof of V threw TypeError/],
    [
      'it asks for a field that is none',
      () => said(1, match('V', { v: undefined })),
      /the proof of V: match\('V', …\): the field v is undefined/,
    ],
    ['it is none', () => undefined, /the proof of V is undefined/],
    ['it is a promise', async () => said(1, V), /the proof of V is a promise/],
    ['its match throws', () => said(1, (m: Anything) => m.cert.v === 1), /the proof of V: its match throws/],
    [
      'its match is a promise',
      () => said(1, (async () => true) as Anything),
      /the proof of V: its match answers with a promise/,
    ],
    [
      'its such throws',
      () => said(0, V, (all: Anything) => all[7].v === 1),
      /the proof of V: its `such` threw TypeError/,
    ],
    [
      'its such is a promise',
      () => said(0, V, (async () => false) as Anything),
      /the proof of V: its `such` answers with a promise/,
    ],
    ['its quorum is none', () => ({ kind: 'said', q: Number.NaN, match: V, role: 'replica' }), /quorum of NaN/],
  ]
  for (const [what, proof, says] of wrong) {
    test(what, async () => {
      const never = [of({}, () => undefined), some]
      expect(() => checked(proved(proof), { n: 2, byzantine: [1] }, never)).toThrow(says)
      await expect(fuzzed(proved(proof), { n: 2, byzantine: [1] }, never)).rejects.toThrow(says)
    })
  }
})

describe('slots', () => {
  const filling = authored(() => {}, {
    input(state: Anything, v: string, ctx: Anything) {
      if (state.said < 3) ctx.output({ slot: ++state.said, v })
    },
  })
  const bySlot = (slot: Anything, broken: (o: Anything) => Anything = () => undefined) => of({ slot }, broken)
  for (const slot of [null, Number.NaN, Number.POSITIVE_INFINITY, {}, true]) {
    test(`${String(slot)} is none`, () => {
      expect(() => checked(filling, { n: 2 }, [bySlot(() => slot), some])).toThrow(/`slot` of the claim it says/)
    })
  }
  test('one that throws', () => {
    expect(() => checked(filling, { n: 2 }, [bySlot((o: Anything) => o.at.slot), some])).toThrow(
      /`slot` of the claim it threw/,
    )
  })
  test('a claim across slots is told that it is one', () => {
    const many = (most: number) =>
      bySlot(
        (o: Anything) => o.slot,
        (o) => (o.outputs.length > most ? 'many' : undefined),
      )
    for (const most of [1, 2])
      expect(() => checked(filling, { n: 1 }, [many(most), some])).toThrow(/takes more than those of one slot/)
    expect(checked(filling, { n: 1 }, [many(3), some])).toEqual({ it: 'holds' })
  })
  test('a decision needs one', () => {
    const claim = agreement<Anything>((o) => ({ slot: Number.NaN, value: o.v }))
    expect(() => checked(filling, { n: 2, inputs: { 0: ['a'], 1: ['b'] } }, [claim, some])).toThrow(/slot.*NaN/)
  })
})
