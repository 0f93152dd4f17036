import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadRegistered } from '../../src/cli/subjects/load-registered.ts'
import { registry } from '../../src/protocols/index.ts'

const registered = registry.map(({ protocol }) => protocol.definition.name)

test.each(registry)('$protocol.subject is found by the names of its files', async (entry) => {
  const found = await loadRegistered(entry.protocol.definition.name)
  expect(found).toEqual(entry)
  expect(found!.protocol).toBe(entry.protocol)
  expect(found!.properties).toBe(entry.properties)
  expect(found!.variants.every((variant, i) => variant === entry.variants[i])).toBe(true)
  expect(await loadRegistered(entry.protocol.definition.name)).toBe(found)
})

test('and nothing else is found', async () => {
  const stems = ['src/protocols', 'properties'].flatMap((folder) =>
    readdirSync(folder).map((file) => file.replace(/\.ts$/, '')),
  )
  const others = [...new Set(stems)].filter((stem) => !registered.includes(stem))
  expect(others).toContain('pbft-rules')
  expect(others).toContain('claims')
  const odd = ['', '.', '..', '../protocols/pbft', './pbft', 'PBFT', 'pbft.ts', 'pbft/', '__proto__', 'constructor']
  for (const name of [...others, ...odd]) expect(await loadRegistered(name), name).toBeUndefined()
})

test('in the order of the registry, which is that of the names', () => {
  expect(registered).toEqual([...registered].sort())
})
