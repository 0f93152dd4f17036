import { describe, expect, test } from 'vitest'
import type { ModuleCode } from '../../src/explore/modules.ts'
import * as library from '../../src/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { playgroundData } from '../../src/web/build.mjs'
import { compiled } from '../../src/web/compile.ts'
import { createHash } from '../../src/web/create-hash.ts'
import { Engine } from '../../src/web/engine.ts'
import type { Request } from '../../src/web/messages.ts'
import { edited, explored, OWN, variantsOf } from '../../src/web/protocol-choice.ts'
import { claimsIn, configurationIn, flagsIn } from '../../src/web/setting-form.tsx'
import { fragmentOf, sharedIn } from '../../src/web/share.ts'

const data = playgroundData()

/** What the worker does with code: here, without a worker. */
function running(files: Readonly<Record<string, string>>): Engine {
  const engine = new Engine(library)
  const code = Object.entries(compiled(files)).map(([path, text]) => [
    path,
    new Function('exports', 'require', 'module', text) as ModuleCode,
  ])
  engine.modules(Object.fromEntries(code))
  return engine
}

test('hashes are those of Node.js', async () => {
  const node = await import('node:crypto')
  for (const text of ['', 'a', 'ä€😀', 'x'.repeat(1_000)]) {
    const [here, there] = [createHash('sha256'), node.createHash('sha256')].map((one) => one.update(text).digest('hex'))
    expect(here).toBe(there)
  }
})

describe('protocols in the editor', () => {
  test('are all that are registered', () => {
    expect(data.protocols.map(({ name }) => name)).toEqual(
      registry.map(({ protocol }) => protocol.definition.name).sort(),
    )
  })

  test.each(
    data.protocols.map(({ name }) => name),
  )('%s: its files make the protocol that is registered', async (name) => {
    const subject = registry.find(({ protocol }) => protocol.definition.name === name)!
    const protocol = edited(data, name, {})
    const open = (source: object) => ({ ask: 'open', source, configuration: {}, command: '' }) as Request
    const changed = await running(protocol.files).answer(open({ kind: 'changed', name }), () => {})
    const known = await new Engine(library).answer(open({ kind: 'registered', name }), () => {})
    expect(changed).toEqual(known)
    // They are read off the code, which is not run for it.
    const names = subject.variants.map(({ variantName }) => variantName!)
    expect(variantsOf(protocol).sort()).toEqual(names.sort())
  })

  test('a change is seen, and goes no further than the files there are', () => {
    const protocol = edited(data, 'bracha', {
      'src/protocols/bracha.ts': 'x',
      'src/model/index.ts': 'y',
      __proto__: 'z',
    })
    expect(protocol.changed).toEqual(['src/protocols/bracha.ts'])
    expect(Object.keys(protocol.files)).toEqual(
      Object.keys(data.protocols.find(({ name }) => name === 'bracha')!.files),
    )
    expect(edited(data, 'bracha', {}).changed).toEqual([])
    expect(edited(data, '__proto__', { a: 'b' }).files).toEqual({})
  })

  test('one of the reader’s own is opened as a file, a registered one by its name', () => {
    const form = { n: '4', byzantine: '0', variant: 'f-plus-1', claims: 'agreement' }
    expect(explored(edited(data, '', {}), form)).toMatchObject({
      source: { kind: 'file', path: OWN, variant: 'f-plus-1' },
      command: 'turncoat explore ./my.ts/f-plus-1 --n 4 --byzantine 0',
      configuration: { n: 4, byzantine: [0] },
      claims: ['agreement'],
    })
    expect(explored(edited(data, 'pbft', {}), { ...form, variant: 'commit-2f' })).toMatchObject({
      source: { kind: 'registered', name: 'pbft/commit-2f' },
      code: {},
    })
  })
})

describe('what is typed', () => {
  test('the form', () => {
    expect(configurationIn({ n: ' 7 ', f: '', byzantine: 'r0, 3', bounds: 'views=2,slots=1' })).toEqual({
      n: 7,
      byzantine: [0, 3],
      bounds: { views: 2, slots: 1 },
    })
    expect(configurationIn({ byzantine: 'none' })).toEqual({ byzantine: [], bounds: {} })
    expect(flagsIn({ n: '4', byzantine: 'none', bounds: 'viewChanges=1' })).toEqual([
      '--n 4',
      '--byzantine none',
      '--view-changes 1',
    ])
    expect([claimsIn({ claims: ' a, b' }), claimsIn({})]).toEqual([['a', 'b'], undefined])
    const wrongs: Record<string, string>[] = [{ n: 'x' }, { f: '-1' }, { byzantine: 'r0 and' }, { bounds: 'views' }]
    for (const wrong of wrongs) {
      expect(() => configurationIn(wrong)).toThrow(/write/)
    }
  })

  test('a mistake that the compiler finds has its line, and lines stay where they are', () => {
    expect(() => compiled({ 'my.ts': 'const a = 1\nconst b = (\n' })).toThrow(
      expect.objectContaining({ name: 'SyntaxError', place: { path: 'my.ts', line: expect.any(Number) } }),
    )
    const code = compiled({
      'my.ts': `import {\n  a,\n  type B,\n} from 'turncoat'\ninterface C {\n  d: B\n}\nexport const e = a\n`,
    })
    expect(code['my.ts']!.split('\n')[7]).toContain('e = ')
  })
})

describe('links', () => {
  const shared = { protocol: '', files: { 'my.ts': 'const ä = "€😀"\n'.repeat(200) }, form: { n: '4' } }

  test('hold what they were made of', async () => {
    const fragment = await fragmentOf(shared)
    expect(fragment).toMatch(/^#code=[\w-]+$/)
    expect(fragment.length).toBeLessThan(300)
    expect(await sharedIn(fragment)).toEqual(shared)
    expect(await sharedIn('#step=3')).toBeUndefined()
    expect(await sharedIn('')).toBeUndefined()
  })

  test('that are cut, made up or too large are refused', async () => {
    const fragment = await fragmentOf(shared)
    const large = await fragmentOf({ ...shared, files: { 'my.ts': 'x'.repeat(5_000_000) } })
    const odd = await fragmentOf({ protocol: '', files: { 'my.ts': 1 }, form: {} } as never)
    for (const bad of [fragment.slice(0, -9), '#code=AAAA', large, odd]) {
      await expect(sharedIn(bad)).rejects.toThrow('the link cannot be read')
    }
  })
})
