import { regionTitle } from '../shared/region-titles.ts'

export interface Zone {
  readonly name: string
  readonly id: string
  readonly number: number
}

/** What zone ids begin with that follows from no rule. Source: AWS RAM user guide, "Availability Zone IDs". */
const directions: Readonly<Record<string, string>> = {
  central: 'c',
  east: 'e',
  north: 'n',
  northeast: 'ne',
  northwest: 'nw',
  south: 's',
  southeast: 'se',
  southwest: 'sw',
  west: 'w',
}

/**
 * Zones of a region.
 * Deviation: three a region (six in us-east-1), and the same letters for each account.
 */
export function zonesOf(region: string): readonly Zone[] {
  const letters = region === 'us-east-1' ? 'abcdef' : 'abc'
  const [area = '', direction = '', number = '1'] = region.split('-')
  const short = `${area}${directions[direction] ?? direction}${number}`
  const { length } = letters
  // Letters differ from account to account; in the recorded one, `b` is the first zone of us-east-1.
  return [...letters].map((letter, at) => {
    const place = ((at + length - 1) % length) + 1
    return { name: `${region}${letter}`, id: `${short}-az${place}`, number: place }
  })
}

/** `US East (N. Virginia) 1`: zones are in groups of one. */
export function groupTitle(region: string): string {
  return `${regionTitle(region)} 1`
}

/** Regions that each account has without asking. Source: AWS General Reference, "Regions that are enabled by default". */
export const defaultRegions = [
  ...['ap-south-1', 'eu-north-1', 'eu-west-3', 'eu-west-2', 'eu-west-1', 'ap-northeast-3'],
  ...['ap-northeast-2', 'ap-northeast-1', 'ca-central-1', 'sa-east-1', 'ap-southeast-1'],
  ...['ap-southeast-2', 'eu-central-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
]
