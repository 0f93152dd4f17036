import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { SCRIPTS, type Shell } from '../../src/cli/commands/completion-scripts.ts'
import { registry } from '../../src/protocols/index.ts'
import { LONG } from '../tiers.ts'
import { emptyFolder, turncoat } from './world.ts'

const SHELLS = Object.keys(SCRIPTS) as Shell[]
const script: Record<string, string> = {}

beforeAll(async () => {
  for (const shell of SHELLS) script[shell] = (await turncoat(emptyFolder(), ['completion', shell])).stdout
  // Every command is loaded for it.
}, 60_000)

/** Where it is not installed, its tests are skipped; one shell is enough for the short tier. */
const isThere = (shell: string): boolean =>
  (LONG || shell === 'bash') && spawnSync(shell, ['-c', 'exit 0']).status === 0

/** Sets `words` and `CURRENT`, and prints what the script hands to zsh. */
const ZSH = `compdef() { :; }
compadd() { shift; for one in "$@"; do [[ $one == $words[CURRENT]* ]] && print -r -- $one; done; return 0; }
_files() { print FILES; }
_describe() { for one in \${(P)2}; do [[ $one == $words[CURRENT]* ]] && print -r -- \${one%%:*}; done; return 0; }
source ./script
words=("$@"); CURRENT=$#words
_turncoat`

/** What a shell offers for the last of the words. */
const offers: Record<Shell, (folder: string, words: readonly string[]) => { status: number | null; stdout: string }> = {
  bash: (cwd, words) => {
    const ask = `source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _turncoat; printf "%s\\n" "\${COMPREPLY[@]}"`
    return spawnSync('bash', ['--norc', '-c', ask, 'bash', ...words], { cwd, encoding: 'utf8' })
  },
  zsh: (cwd, words) => spawnSync('zsh', ['-f', '-c', ZSH, 'zsh', ...words], { cwd, encoding: 'utf8' }),
  fish: (cwd, words) => {
    const ask = `source ./script; complete -C '${words.join(' ')}'`
    const env = { ...process.env, HOME: cwd, XDG_CONFIG_HOME: cwd, XDG_DATA_HOME: cwd }
    return spawnSync('fish', ['--no-config', '-c', ask], { cwd, env, encoding: 'utf8' })
  },
}

describe.each(SHELLS.map((shell) => ({ shell, there: isThere(shell) })))('in $shell', ({ shell, there }) => {
  const offered = (...words: string[]): string[] => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'script'), script[shell]!)
    mkdirSync(join(folder, 'elsewhere'))
    const { status, stdout } = offers[shell](folder, ['turncoat', ...words])
    expect(status).toBe(0)
    // fish adds what a word means.
    return stdout.split('\n').flatMap((line) => line.split('\t')[0] || [])
  }

  test.skipIf(!there)('commands', () => {
    expect(offered('ch')).toEqual(['check'])
    expect(offered('')).toEqual(expect.arrayContaining(['fuzz', 'sweep', 'init', 'doctor', 'completion', 'help']))
    expect(offered('help', 'sw')).toContain('sweep')
  })

  test.skipIf(!there)('subjects and their variants', () => {
    expect(offered('check', 'bracha/del')).toContain('bracha/deliver-one')
    expect(offered('fuzz', 'pb')).toEqual(expect.arrayContaining(['pbft', 'pbft/commit-2f']))
    expect(offered('study', 'quo')).toContain('quorum')
    expect(offered('replay', 'pb')).not.toContain('pbft')
    expect(offered('completion', 'fi')).toContain('fish')
  })

  test.skipIf(!there)('flags of the command, bounds among them', () => {
    expect(offered('check', 'pbft', '--vie')).toContain('--views')
    expect(offered('check', '--max-u')).toContain('--max-universe')
    expect(offered('check', '--j')).toContain('--json')
    expect(offered('replay', '--max-u')).not.toContain('--max-universe')
  })

  test.skipIf(!there)('values of flags', () => {
    expect(offered('fuzz', 'bracha', '--auth', 'sig')).toEqual(['signatures'])
    expect(offered('fuzz', 'bracha', '--strategy', 'split')).toEqual(['split-brain'])
    expect(offered('show', 'x.json', '--format', 'mer')).toEqual(['mermaid'])
    expect(offered('fuzz', 'bracha', '--out', 'pb')).not.toContain('pbft')
  })
})

test('every registered subject and variant is in every script', () => {
  for (const shell of SHELLS) {
    const words = new Set(script[shell]!.split(/[\s';]/))
    const subjects = registry.flatMap(({ protocol, variants }) => [protocol, ...variants].map(({ subject }) => subject))
    expect(subjects.filter((subject) => !words.has(subject))).toEqual([])
  }
})

test('--json holds the script, and a shell that nobody knows is a mistake', async () => {
  const { stdout } = await turncoat(emptyFolder(), ['completion', 'fish', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ command: 'completion', shell: 'fish' })
  expect(JSON.parse(stdout).script).toContain('complete -c turncoat')
  for (const argv of [['tcsh'], []]) expect((await turncoat(emptyFolder(), ['completion', ...argv])).code).toBe(2)
})

test('descriptions with quotes and colons stay words of the script', () => {
  const flags = [{ long: '--a', description: 'it\'s: `$(touch hacked)` \\ "x"', takesValue: true, values: [] }]
  for (const shell of SHELLS.filter(isThere)) {
    const folder = emptyFolder()
    const lines = SCRIPTS[shell]([{ name: 'one', description: flags[0]!.description, flags, words: [] }])
    writeFileSync(join(folder, 'script'), `${lines.join('\n')}\n`)
    const { stdout, status } = offers[shell](folder, ['turncoat', 'one', '--'])
    expect({ shell, status, stdout: stdout.split(/[\t\n]/)[0] }).toEqual({ shell, status: 0, stdout: '--a' })
    expect(spawnSync('ls', { cwd: folder, encoding: 'utf8' }).stdout).not.toContain('hacked')
  }
})
