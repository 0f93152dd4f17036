import { expect, test } from 'vitest'
import { registry } from '../../src/protocols/index.ts'
import { changeOf } from '../../src/report/text/list-text.ts'

test('every variant says in a sentence what it changes', () => {
  const silent = registry.flatMap((subject) =>
    subject.variants.filter((variant) => !/^(?!Variant ).+\.$/.test(changeOf(variant, subject))),
  )
  expect(silent.map(({ subject }) => subject)).toEqual([])
})

test('no sentence is about a variant that does not exist', () => {
  for (const { protocol, variants, properties } of registry) {
    const names = variants.map(({ variantName }) => variantName)
    for (const name of Object.keys(properties.variants ?? {})) expect([protocol.subject, ...names]).toContain(name)
  }
})
