import { expect, test } from 'vitest'
import { match, program, said, UsageError } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { type Anything, authored, fuzzed } from './author.ts'

const rule = () => {}
const SOUND = { f: 0, b: 0, bounds: {} }
const defaults = (made: Anything) => ({ defaults: () => made })

/** Declared, put into a setting, and run. */
async function used(changes: Anything): Promise<void> {
  const { upon = rule, ...more } = changes
  const protocol = authored(upon, more)
  const [setting] = configure(protocol)
  program(protocol, setting!)
  await fuzzed(protocol)
}

test('a protocol that is sound is not refused', async () => {
  await used({})
  await used({ defaults: () => ({ ...SOUND, values: ['a'], inputs: 'any', clients: 0, bounds: { views: 2 } }) })
  await used({ proofs: { V: () => said(1, match('V' as never)) }, auth: 'signatures', addressed: ['V'], inbox: true })
})

test.each<[what: string, changes: Anything, says: RegExp, suggests: RegExp]>([
  ['a name with capitals', { name: 'Mine' }, /protocol name "Mine"/, /lower-case/],
  ['a name that is no text', { name: 3 }, /protocol name 3/, /lower-case/],
  ['no name', { name: undefined }, /protocol name undefined/, /lower-case/],
  ['no sentence', { about: undefined }, /authored: about is missing/, /a text/],
  ['rules that are no function', { rules: {} }, /authored: rules is \{\}/, /a function/],
  ['no defaults', { defaults: undefined }, /authored: defaults is missing/, /a function/],
  ['no init', { init: undefined }, /authored: init is missing/, /a function/],
  ['a field with a typing mistake', { selfDeliveryy: 'none' }, /selfDeliveryy/, /did you mean selfDelivery\?/],
  ['a kind of self delivery', { selfDelivery: 'never' }, /selfDelivery is "never"/, /inbox, at-once, network or none/],
  ['a kind of authentication', { auth: 'signature' }, /auth is "signature"/, /signatures/],
  ['what a network does', { network: { fiffo: true } }, /fiffo/, /did you mean fifo\?/],
  ['a handler that is a text', { upon: { V: 'x' } }, /authored, upon\.V is "x"/, /a function/],
  ['a list of handlers with a text in it', { upon: { V: [rule, 'x'] } }, /upon\.V/, /named functions/],
  ['two handlers without names', { upon: { V: [() => {}, () => {}] } }, /rules on V need different names/, /named/],
  ['a timeout that is no function', { timeout: { view: 3 } }, /authored, timeout\.view is 3/, /a function/],
  ['a coin that is no function', { coin: { common: 'x' } }, /authored, coin\.common is "x"/, /a function/],
  ['a client without init', { client: { upon: {} } }, /authored, client: init is missing/, /a function/],
  ['a proof of what nobody handles', { proofs: { W: rule } }, /no message type for a proof .* called W/, /V/],
  ['a proof that is no function', { proofs: { V: 3 } }, /the proof of V is 3/, /a function/],
  ['an address of what nobody handles', { addressed: ['W'] }, /addressed.* called W/, /V/],
  ['within that is no function', { within: true }, /authored: within is true/, /a function/],
  ['viewOf that is no function', { viewOf: 'view' }, /authored: viewOf is "view"/, /a function/],
  ['rules that throw', { rules: () => (null as Anything).f }, /authored, rules throws TypeError/, /return something/],
  ['rules that return nothing', { rules: () => {} }, /what authored, rules returns is undefined/, /an object/],
  ['defaults that throw', { defaults: (n: number) => (null as Anything)[n] }, /authored, defaults\(4\) throws/, /./],
  ['defaults that return nothing', defaults(undefined), /what authored, defaults\(4\) returns is undefined/, /object/],
  ['f that is no number', defaults({ ...SOUND, f: Number.NaN }), /defaults\(4\): f is NaN/, /whole number/],
  ['f that is no whole number', defaults({ ...SOUND, f: 4 / 3 }), /defaults\(4\): f is 1\.33/, /whole number/],
  ['no b', defaults({ f: 0, bounds: {} }), /defaults\(4\): b is missing/, /whole number/],
  ['no bounds', defaults({ f: 0, b: 0 }), /defaults\(4\): bounds is missing/, /whole numbers/],
  [
    'a field of the defaults',
    defaults({ ...SOUND, bound: 3 }),
    /defaults\(4\): .* called bound/,
    /did you mean bounds\?/,
  ],
  ['a bound that is a text', defaults({ ...SOUND, bounds: { views: '2' } }), /bounds is \{"views":"2"\}/, /whole/],
  ['a bound with an odd name', defaults({ ...SOUND, bounds: { 'view s': 2 } }), /bounds is/, /names/],
  ['inputs for ids that are not there', defaults({ ...SOUND, inputs: { 9: ['a'] } }), /defaults\(4\).* 9/, /0 to 3/],
  ['inputs that are no values', defaults({ ...SOUND, inputs: { 0: ['z'] } }), /defaults\(4\).*input z/, /values/],
  ['values that are numbers', defaults({ ...SOUND, values: [1] }), /values is \[1\]/, /a text/],
])('%s: refused where it is declared or first used, with its place', async (_, changes, says, suggests) => {
  const error = await used(changes).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UsageError)
  expect((error as UsageError).message).toMatch(says)
  expect((error as UsageError).suggestion).toMatch(suggests)
})

test('a variant that replaces a rule which is not there would be no variant', () => {
  const protocol = authored(rule, { rules: () => ({ quorum: 3 }) })
  const [setting] = configure(protocol)
  expect(() =>
    program(
      protocol.variant('less', () => ({ quorumm: 2 })),
      setting!,
    ),
  ).toThrow(/variant less.*quorumm/)
  expect(() => protocol.variant('less', undefined as Anything)).toThrow(/variant less: its change is undefined/)
  expect(
    program(
      protocol.variant('less', () => ({ quorum: 2 })),
      setting!,
    ).rules,
  ).toEqual({ quorum: 2 })
})

test('rules on a message may be none at all', async () => {
  await used({ upon: { V: [] } })
})
