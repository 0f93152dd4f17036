import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '../../src')

test('BullMQ and its Redis client are loaded when a queue is asked for, and never before', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const imports = files.flatMap((file) => {
    const found =
      readFileSync(join(SRC, file), 'utf8').match(/^.*(?:from |import\()['"](?:bullmq|ioredis)['"].*$/gm) ?? []
    return found.map((line) => `${file}: ${line.trim()}`)
  })
  expect(imports.length).toBeGreaterThan(3)
  expect(
    imports.filter(
      (line) => !/: import type |= await (?:loadOptional\('queues', QUEUES, \(\) => )?import\(/.test(line),
    ),
  ).toEqual([])
})
