import { expect, test } from 'vitest'
import * as echoBroadcast from '../../examples/echo-broadcast.ts'
import { convicted, lawOf, UsageError } from '../../src/model/index.ts'
import { subjectIn } from '../../src/protocols/exported.ts'

const law = { once: ['ECHO'], except: ['says-two-things'] }

test('a law that a file exports is the law of its protocol', () => {
  const { subject } = subjectIn({ ...echoBroadcast, law }, 'mine.ts')
  expect(lawOf(subject, subject.protocol)).toEqual(law)
  expect(lawOf(subjectIn(echoBroadcast, 'mine.ts').subject, subject.protocol)).toBeUndefined()
})

test.each([
  [{ ones: ['ECHO'] }, /mine\.ts, law: there is no field called ones.*/],
  [{ once: 'ECHO' }, /mine\.ts, law: once is "ECHO"/],
  [{ once: [], forgets: true }, /mine\.ts, law: forgets is true/],
  [() => true, /mine\.ts, law: law is a function/],
])('%j is no law', (wrong, says) => {
  expect(() => subjectIn({ ...echoBroadcast, law: wrong }, 'mine.ts')).toThrow(says)
  expect(() => subjectIn({ ...echoBroadcast, law: wrong }, 'mine.ts')).toThrow(UsageError)
})

test.each([
  ['forgets', () => Promise.resolve(false), /`forgets` of the law says a promise/],
  ['forgets', () => 'no', /`forgets` of the law says 'no'/],
  ['unjustified', () => 0, /`unjustified` of the law says 0/],
])('what %s says is true or false', (name, says, refused) => {
  const held = ['a', 'b'].map((value) => ({ from: 1, message: { type: 'ECHO', value } }))
  expect(() => convicted(held, { once: [], [name]: says } as never, { n: 4 } as never)).toThrow(refused)
})
