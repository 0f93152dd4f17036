import { describe, expect, test } from 'vitest'
import { oneChain } from '../../properties/claims.ts'
import { chain, type Outcome } from '../../src/model/index.ts'

const { genesis, parent, child, view, height, ancestors, conflict } = chain

describe('a tree of blocks', () => {
  const blocks = chain.blocks(3, ['a', 'b'])

  test('has each block once: on each block, two in each later view', () => {
    expect(blocks).toHaveLength(27)
    expect(new Set(blocks).size).toBe(27)
    expect(chain.blocks(3)).toEqual(['', '1', '2', '1.2', '3', '1.3', '2.3', '1.2.3'])
  })

  test('goes up and down', () => {
    expect([parent(genesis), view(genesis), height(genesis), ancestors(genesis)]).toEqual([genesis, 0, 0, []])
    expect(ancestors('1a.2b.12a')).toEqual(['1a.2b', '1a'])
    expect(view('1a.2b.12a')).toBe(12)
    for (const block of blocks.slice(1)) {
      expect(blocks).toContain(parent(block))
      expect(height(block)).toBe(ancestors(block).length + 1)
      expect(view(block)).toBeGreaterThan(view(parent(block)))
      expect(child(parent(block), view(block), block.at(-1))).toBe(block)
    }
  })

  test('extends its ancestors and itself, and conflicts with what is on another branch', () => {
    for (const one of blocks) {
      for (const other of blocks) {
        const isOn = other === genesis || [one, ...ancestors(one)].includes(other)
        expect(chain.extends(one, other)).toBe(isOn)
        expect(conflict(one, other)).toBe(!isOn && !chain.extends(other, one))
        expect(conflict(one, other)).toBe(conflict(other, one))
      }
    }
    // Not by its letters alone.
    expect(chain.extends('12', '1')).toBe(false)
  })
})

describe('one chain', () => {
  const claim = oneChain(({ committed }: { committed?: string }) => committed)
  const broken = (...outputs: [at: number, committed?: string][]) =>
    claim.broken({
      setting: { n: 4 },
      outputs: outputs.map(([at, committed]) => ({ at, output: committed === undefined ? {} : { committed } })),
    } as unknown as Outcome<{ committed?: string }>)

  test('sees two replicas that fork, and one that forks by itself', () => {
    expect(broken([1, '1.2'], [1], [2, '1.3'])).toBe('r1 committed 1.2, r2 committed 1.3')
    expect(broken([1, '1'], [1, '1.2'], [1, '3'])).toBe('r1 committed 1, r1 committed 3')
  })

  test('lets a replica commit again, and be ahead or behind', () => {
    expect(broken([1, '1.2'], [1, '1.2'], [2, '1'], [3, '1.2.3'], [2, '1'])).toBeUndefined()
  })
})
