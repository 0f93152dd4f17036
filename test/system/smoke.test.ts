import { expect, test } from 'vitest'
import { program } from '../../src/model/index.ts'
import { bracha } from '../../src/protocols/bracha.ts'
import { apply, configure, enabled, start } from '../../src/system/index.ts'

test('four correct replicas deliver', () => {
  const [setting] = configure(bracha, { byzantine: [] })
  const run = program(bracha, setting!)
  let system = start(run)
  let steps = 0
  for (let next = enabled(run, system); next.length > 0; next = enabled(run, system)) {
    system = apply(run, system, next[0]!)
    steps++
  }
  expect(system.outputs.map((list) => list.length)).toEqual([1, 1, 1, 1])
  expect(steps).toBe(12)
})
