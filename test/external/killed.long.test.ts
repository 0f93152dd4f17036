import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { begun, ended, folderWith, foundIn, isGone, KEEPING, oddFolder, running, until } from './processes.ts'

/** Four that vote, and keep their votes: the program tells so much of its state. */
const voting = (way: string): string =>
  folderWith(
    KEEPING,
    way,
    `messages: ['VOTE'], stateful: true, rules: () => ({ quorum: 3 }),
  defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 0: ['a'], 1: ['b'] }, bounds: { repeats: 1 } })`,
  )

/**
 * Kills processes of the program, one after the other, until they are enough or the command is over.
 * @returns how many were killed
 */
async function killedOneByOne(folder: string, enough: number, isOver: () => boolean): Promise<number> {
  let killed = 0
  while (killed < enough && !isOver()) {
    // Whoever is killed twice on one request is given up: a new process gets the time to answer.
    await sleep(killed === 0 ? 1_000 : 3_000)
    const [victim] = running(folder).programs
    if (victim === undefined) continue
    process.kill(victim, 'SIGKILL')
    killed++
    await until(() => isOver() || running(folder).programs.some((pid) => pid !== victim), 30)
  }
  return killed
}

const FUZZ = ['fuzz', './subject.js', '--n', '4', '--byzantine', 'none', '--workers', '1', '--json', '--runs']

/** What a command found where nobody kills, and where processes are killed while it runs. */
async function foundBothTimes(folder: string, argv: readonly string[]) {
  const undisturbed = await ended(begun(folder, argv))
  const turncoat = begun(folder, argv)
  const end = ended(turncoat)
  const killed = await killedOneByOne(folder, 3, () => turncoat.exitCode !== null)
  const disturbed = await end
  expect(killed, disturbed.stderr).toBeGreaterThan(0)
  expect({ undisturbed: undisturbed.code, disturbed: disturbed.code }, disturbed.stderr).toEqual({
    undisturbed: 0,
    disturbed: 0,
  })
  expect(await isGone(folder)).toBe(true)
  return { undisturbed: foundIn(undisturbed.stdout), disturbed: foundIn(disturbed.stdout) }
}

describe.each(['digest', 'snapshots', 'not at all'])('a program that keeps its state (%s)', (way) => {
  test('whose processes somebody kills in mid-run is asked on in new ones, with the same result', async () => {
    const { disturbed, undisturbed } = await foundBothTimes(voting(way), [...FUZZ, '6000'])
    expect(disturbed).toEqual(undisturbed)
  })

  test('that is killed on a request, once, is brought where it was and asked again', async () => {
    const argv = [...FUZZ, '50']
    const well = await ended(begun(voting(way), argv))
    const killed = await ended(begun(voting(`${way}:is killed once`), argv))
    expect(killed.stderr).toMatch(/; 1 processes were replaced/)
    expect({ ...killed, found: foundIn(killed.stdout) }).toMatchObject({ code: 0, found: foundIn(well.stdout) })
  })

  test('that ends on a vote, each time, is a finding that is replayed in other processes', async () => {
    const folder = voting(`${way}:dies`)
    const { code, stdout } = await ended(begun(folder, [...FUZZ, '5']))
    expect(code).toBe(1)
    const { witness, trace } = JSON.parse(stdout).claims.find(({ claim }: any) => claim === 'no-exception')
    expect(witness).toMatch(/ProgramError: the program ended with code 3: index 7 is out of range$/)
    expect(await ended(begun(folder, ['replay', trace, '--subject', './subject.js']))).toMatchObject({ code: 0 })
    expect(await isGone(folder)).toBe(true)
  })
})

test('a program that is given its state, and whose processes somebody kills during a proof, is replaced', async () => {
  const { disturbed, undisturbed } = await foundBothTimes(oddFolder('slow', {}), [
    ...['check', './subject.js', '--n', '3', '--byzantine', 'none', '--json'],
  ])
  expect(disturbed).toEqual(undisturbed)
})

test('a program that is given its state, and kills itself once in a search, is replaced, and the result is the same', async () => {
  const found = async (mode: string, argv: readonly string[]) => {
    const { code, stdout, stderr } = await ended(begun(oddFolder(mode, {}), argv))
    return { code, found: foundIn(stdout), isReplaced: /1 processes were replaced/.test(stderr) }
  }
  const fuzz = ['fuzz', './subject.js', '--n', '1', '--runs', '5', '--workers', '1', '--json']
  const check = ['check', './subject.js', '--n', '1', '--json']
  for (const argv of [fuzz, check]) {
    const well = await found('well', argv)
    expect(await found('killed-once', argv)).toEqual({ ...well, isReplaced: true })
  }
})
