import { type AwsError, awsError } from '@cloud-orrery/models'
import { GreetingExists, GreetingNotFound } from '@cloud-orrery/models/hello'

export function greetingExists(name: string): AwsError {
  return awsError(GreetingExists, `Greeting ${name} already exists.`)
}

export function greetingNotFound(name: string): AwsError {
  return awsError(GreetingNotFound, `Greeting ${name} does not exist.`)
}
