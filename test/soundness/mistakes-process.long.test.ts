import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder } from '../cli/world.ts'

const DIST = join(import.meta.dirname, '../../dist/src')
const MAIN = join(DIST, 'cli/main.js')

function built(argv: readonly string[], cwd = emptyFolder(), node: readonly string[] = []) {
  if (!existsSync(MAIN)) throw new Error('build first: npm run build')
  return spawnSync(process.execPath, [...node, MAIN, ...argv], { cwd, encoding: 'utf8', timeout: 60_000 })
}

function shell(script: string, cwd = emptyFolder()) {
  const command = script.replaceAll('TURNCOAT', `'${process.execPath}' '${MAIN}'`)
  return spawnSync('bash', ['-o', 'pipefail', '-c', command], { cwd, encoding: 'utf8', timeout: 60_000 })
}

/** r0 decides what it is given; what else happens is up to `more`, and to how long a claim takes to be judged. */
const FILE = (more: string, broken = 'undefined') => `
import { defineProtocol, invariant, liveness, sometimes } from ${JSON.stringify(join(DIST, 'index.js'))}
${more}
export const protocol = defineProtocol({
  name: 'mine', about: 'Mine.', rules: () => ({}), init: () => ({ said: 0 }),
  defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 0: ['a', 'b'] }, bounds: {} }),
  input: (state, value, ctx) => {
    if (state.said > 5) return
    state.said++
    ctx.broadcast({ type: 'SAY', value })
    ctx.output({ value })
  },
  upon: { SAY: (state, { value }, ctx) => { if (state.said < 3) { state.said++; ctx.output({ value }) } } },
})
export const claims = [
  sometimes({ name: 'decided', about: 'Somebody decides.' }, ({ outputs }) => outputs.length > 0),
  invariant({ name: 'sound', about: 'Nobody decides b.' }, ({ outputs }) => ${broken}),
  invariant({ name: 'never', about: 'Nothing.' }, () => undefined),
]
`
const DECIDES_B = "outputs.some(({ output }) => output.value === 'b') ? 'somebody decided b' : undefined"

function folderWith(text: string, name = 'mine.mjs'): string {
  const folder = emptyFolder()
  writeFileSync(join(folder, name), text)
  return folder
}

const RUNS = ['fuzz', './mine.mjs', '--runs', '300', '--workers', '1', '--quiet']

test('a violation is not lost to a mistake that is met in a setting that only shrinking looks at', () => {
  // Two rules that turn the state to and fro have no end where every rule fires as soon as it can.
  const turns = `upon: { SAY: [
    function put(state, { value }, ctx) { if (!state.put) { state.put = true; ctx.output({ value }) } },
    function turn(state) { state.turned = !state.turned },
  ] },`
  const text = FILE('', DECIDES_B)
    .replace(/upon: .*/, turns)
    .replace(/ctx.output\(\{ value \}\)\n {2}\},/, '},')
  const command = ['fuzz', './mine.mjs', '--n', '2', '--runs', '300', '--max-steps', '30']
  const ran = built(command, folderWith(text))
  expect(ran.status).toBe(1)
  expect(ran.stdout).toMatch(/violated +sound: somebody decided b/)
  expect(ran.stdout).toContain('trace saved: ')
  const { claims } = JSON.parse(built([...command, '--json'], folderWith(text)).stdout)
  const sound = claims.find(({ claim }: { claim: string }) => claim === 'sound')
  expect(sound).toMatchObject({ verdict: 'violated', witness: 'somebody decided b' })
})

describe("a protocol's file that does more than to define", () => {
  test('what it leaves running does not keep the command', () => {
    const ran = built(RUNS, folderWith(FILE('setInterval(() => {}, 1_000)')))
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toContain('not found never')
  })

  test.each([
    ['it ends the process', 'process.exit(0)'],
    ['it waits for what never comes', 'await new Promise(() => {})'],
  ])('%s: exit 2, and why', (_, more) => {
    const ran = built(RUNS, folderWith(FILE(more)))
    expect(ran).toMatchObject({ status: 2, stdout: '' })
    expect(ran.stderr).toMatch(/^turncoat: [^\n]*process\.exit[^\n]*define and export[^\n]*\n$/)
  })

  test.each([
    ['it throws', "throw new Error('kaboom')", /cannot be loaded: kaboom \(at mine\.mjs:3:7\)/],
    ['a promise of its is rejected', "Promise.reject(new Error('kaboom'))", /mine\.mjs:3:16 throws Error: kaboom/],
    ['a timer of its throws', "setTimeout(() => { throw new Error('kaboom') })", /mine\.mjs:3:26 throws Error: kaboom/],
  ])('%s: exit 2, and where', (_, more, says) => {
    const ran = built([...RUNS.slice(0, 2), '--runs', '30000', '--workers', '1'], folderWith(FILE(more)))
    expect(ran.stderr).toMatch(says)
    expect(ran).toMatchObject({ status: 2, stdout: '' })
  })

  test.each([
    ['a timer of its throws', "setTimeout(() => { throw new Error('kaboom') })", /mine\.ts:3:26 throws Error: kaboom/],
    [
      'a timer of its throws a text',
      "setTimeout(() => { throw 'kaboom' })",
      /the protocol throws a string kaboom; throw an Error/,
    ],
    [
      'a promise of its is rejected with nothing',
      'Promise.reject()',
      /the file of the protocol rejects a promise with something that is not an Error/,
    ],
  ])('%s, in TypeScript: exit 2', (_, more, says) => {
    const argv = ['fuzz', './mine.ts', '--runs', '30000', '--workers', '1']
    const ran = built(argv, folderWith(FILE(more), 'mine.ts'))
    expect(ran.stderr).toMatch(says)
    expect(ran).toMatchObject({ status: 2, stdout: '' })
  })

  test('what it logs is no result', () => {
    const ran = built([...RUNS, '--json'], folderWith(FILE("console.log('hello')")))
    expect(ran.stderr).toContain('hello\n')
    expect(JSON.parse(ran.stdout)).toMatchObject({ command: 'fuzz', runs: 300 })
  })

  test.each(['js', 'mjs', 'cjs'])('a syntax error in a .%s file is told with its line', (ending) => {
    const folder = folderWith('\nexports.protocol = {{{\n', `mine.${ending}`)
    const ran = built(['fuzz', `./mine.${ending}`], folder)
    expect(ran.stderr).toMatch(
      new RegExp(`mine\\.${ending} cannot be loaded: Unexpected .*\\(at mine\\.${ending}:2\\)`),
    )
    expect(ran.status).toBe(2)
  })
})

describe.each([
  ['says nothing of modules', undefined],
  ['has modules', 'module'],
  ['has CommonJS', 'commonjs'],
])('in a folder that %s, an exception is told with its line', (_, type) => {
  const inFolder = (text: string): string => {
    const folder = folderWith(text, 'mine.ts')
    if (type !== undefined) writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
    return folder
  }

  test('of a handler', () => {
    const folder = inFolder(FILE('').replace("ctx.broadcast({ type: 'SAY', value })", 'ctx.brodcast(value)'))
    for (const command of ['fuzz', 'check']) {
      const { status, stdout } = built([command, './mine.ts', '--n', '1'], folder)
      expect(stdout).toMatch(/violated +no-exception: a rule of r0 threw TypeError: ctx\.brodcast is not a function/)
      expect(stdout).toMatch(/\n {2}thrown at mine\.ts:10:9\n/)
      expect(status).toBe(1)
    }
  })

  test('of the file itself', () => {
    const { status, stderr } = built(['fuzz', './mine.ts'], inFolder(`${FILE('')}\n;(claims as any).nonsense()\n`))
    expect(stderr).toMatch(/mine\.ts cannot be loaded: claims\.nonsense is not a function \(at mine\.ts:21:18\)/)
    expect(status).toBe(2)
  })
})

describe('where nobody listens', () => {
  test('a full disk on the standard output is exit 2, and told', () => {
    const ran = shell('TURNCOAT list > /dev/full')
    expect(ran.status).toBe(2)
    expect(ran.stderr).toMatch(/^turncoat: the result cannot be written to the standard output: ENOSPC[^\n]*\n$/)
  })

  test('a current folder that is gone is a mistake', () => {
    const { status, stderr } = shell('mkdir gone && cd gone && rmdir ../gone && TURNCOAT list')
    expect(stderr).toBe('turncoat: the current folder is gone; go to one that is there\n')
    expect(status).toBe(2)
  })

  test('a reader that goes away does not change the exit code', () => {
    expect(shell('TURNCOAT replay no.json no.json no.json | true').status).toBe(2)
    expect(shell('TURNCOAT replay no.json 2>&1 >/dev/null | true').status).toBe(2)
    expect(shell('TURNCOAT list | head -1').status).toBe(0)
    expect(shell('TURNCOAT fuzz bracha/deliver-one --claim agreement --byzantine 3 --runs 5 | true').status).toBe(1)
  })
})

/** Resolves when the process has ended, with what it has printed. */
function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', '']
  child.stdout!.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr!.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

const started = (argv: readonly string[], cwd: string) => spawn(process.execPath, [MAIN, ...argv], { cwd })

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 50))
}

const saved = (folder: string): string[] =>
  existsSync(join(folder, 'out/traces'))
    ? readdirSync(join(folder, 'out/traces')).filter((one) => !one.startsWith('.'))
    : []

/** Judged a thousand times, it takes a claim of this file for ever. */
const SLOWLY = 'let judged = 0; const slowly = () => { if (judged++ > 500) for (;;); }'

describe('a search that is cut off', () => {
  test('by Ctrl-C while it goes on: what was found is printed and saved', async () => {
    const folder = folderWith(FILE('', DECIDES_B))
    const child = started(['fuzz', './mine.mjs', '--runs', '100000000', '--workers', '1'], folder)
    const end = ended(child)
    await until(() => saved(folder).length > 0)
    // Before that, the violation is printed without the place of its trace, which is not known yet.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    child.kill('SIGINT')
    const ran = await end
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain('violated  sound: somebody decided b')
    expect(ran.stdout).toContain('not shrunk')
    expect(ran.stdout).toContain(`out/traces/${saved(folder)[0]}`)
    expect(ran.stderr).toBe('turncoat: interrupted\n')
    const trace = `out/traces/${saved(folder)[0]}`
    expect(built(['replay', trace, '--subject', './mine.mjs'], folder).status).toBe(0)
  })

  test.each([
    [['fuzz', './mine.mjs', '--runs', '3', '--workers', '1'], 'violated  sound: somebody decided b'],
    [['check', './mine.mjs'], 'violated sound: somebody decided b'],
  ])('by Ctrl-C while what was found is being saved: it is printed (%j)', async (command, sentence) => {
    // Before a trace is saved, a thread of its own replays it; that one never ends.
    const SLOWLY_THERE =
      "import { threadId } from 'node:worker_threads'\nconst slowly = () => { while (threadId > 1); }"
    const folder = folderWith(FILE(SLOWLY_THERE, `(slowly(), ${DECIDES_B})`))
    const child = started([...command, '--claim', 'sound'], folder)
    const end = ended(child)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect(saved(folder)).toEqual([])
    child.kill('SIGINT')
    const ran = await end
    expect(ran.stdout).toContain(sentence)
    expect(ran.code).toBe(1)
  })

  test('by Ctrl-C in the middle of shrinking: it is printed as it was found', async () => {
    const folder = folderWith(FILE(SLOWLY, `(slowly(), ${DECIDES_B})`))
    const argv = ['fuzz', './mine.mjs', '--runs', '3', '--workers', '1', '--claim', 'sound', '--json']
    const child = started(argv, folder)
    const end = ended(child)
    await until(() => saved(folder).length > 0)
    child.kill('SIGINT')
    const ran = await end
    expect(ran.code).toBe(1)
    expect(JSON.parse(ran.stdout).claims[0]).toMatchObject({ verdict: 'violated', witness: 'somebody decided b' })
  })

  test.each(['fuzz', 'check'])('by --time where %s does not come to an end by itself', (command) => {
    const folder = folderWith(FILE('', '{ for (;;); }').replace('=> { for', '=> { if (outputs.length > 0) for'))
    const began = performance.now()
    const ran = built([command, './mine.mjs', '--time', '3s'], folder)
    expect(performance.now() - began).toBeLessThan(3_000 + 2_000 + 1_000)
    expect(ran.status).toBe(4)
    expect(ran.stdout).toContain('sound')
    // On a machine that is busy, the time may be up before the search begins.
    expect(ran.stderr).toMatch(/^(turncoat: --time ended the search\n)?$/)
  })

  test('by --time, which shrinking keeps to as well', () => {
    const began = performance.now()
    const ran = built(['fuzz', 'go-pbft/layer-1', '--n', '7', '--byzantine', '0', '--claim', 'all', '--time', '4s'])
    expect(performance.now() - began).toBeLessThan(4_000 + 2_000 + 1_000)
    expect([1, 4]).toContain(ran.status)
    expect(ran.stdout).toMatch(/again: (?:npx )?turncoat fuzz go-pbft\/layer-1/)
  })

  test('by a full memory', () => {
    const folder = folderWith(FILE('const all = []', '(all.push(new Array(100_000).fill(outputs)), undefined)'))
    const ran = built(['fuzz', './mine.mjs', '--runs', '100000'], folder, ['--max-old-space-size=80'])
    expect(ran.status).toBe(4)
    expect(ran.stderr).toMatch(/turncoat: the memory is full, which ended the command; .*--max-old-space-size/)
    expect(ran.stdout).toMatch(/again: (?:npx )?turncoat fuzz .\/mine.mjs/)
  })
})

test('a terminal that knows no colours gets none', async () => {
  const { Output } = await import('../../src/cli/terminal/io.ts')
  const io = { stdout: () => {}, stderr: () => {}, cwd: '.', isTTY: true, now: () => 0 }
  const red = (environment: Record<string, string>) => new Output({ ...io, environment }, {}).paint.red('x')
  expect(red({ TERM: 'dumb' })).toBe('x')
  expect(red({ TERM: 'xterm' })).not.toBe('x')
})
