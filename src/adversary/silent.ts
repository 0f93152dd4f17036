import type { Strategy } from './strategy.ts'

export const silent: Strategy = {
  name: 'silent',
  about: 'sends nothing',
  plans: () => 1,
  behave: () => ({}),
}
