import { expect, test } from 'vitest'
import { losersOf } from './losses.ts'

const image = (userName: string, projects: string) => ({
  userName: { S: userName },
  projects: { S: projects },
})

test('who loses a project is found once, who only gains is not', () => {
  const records = [
    { dynamodb: { OldImage: image('lost', 'P100,P200'), NewImage: image('lost', 'P200,P300') } },
    { dynamodb: { OldImage: image('lost', 'P200,P300'), NewImage: image('lost', 'P300') } },
    { dynamodb: { OldImage: image('gained', 'P100'), NewImage: image('gained', 'P100,P200') } },
    { dynamodb: { OldImage: image('removed', 'P100') } },
    { dynamodb: { NewImage: image('new', 'P100') } },
    {},
  ]
  expect(losersOf(records)).toEqual(['lost', 'removed'])
})
