// A function as AWS's own module for Go has it, with one of AWS's own SDK clients:
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-golang.html
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

type event struct {
	Do     string `json:"do"`
	Bucket string `json:"bucket"`
	Text   string `json:"text"`
}

type noGood struct{ message string }

func (e *noGood) Error() string { return e.message }

func answer(ctx context.Context, in event) (any, error) {
	switch in.Do {
	case "fail":
		return nil, &noGood{"no good"}
	case "panic":
		panic(errors.New("a panic"))
	case "exit":
		os.Exit(3)
	case "print":
		fmt.Println(in.Text)
		return nil, nil
	case "s3":
		return throughS3(ctx, in)
	}
	told, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return map[string]any{
		"requestId": told.AwsRequestID,
		"arn":       told.InvokedFunctionArn,
		"name":      lambdacontext.FunctionName,
		"memory":    lambdacontext.MemoryLimitInMB,
		"deadline":  deadline.UnixMilli(),
	}, nil
}

// throughS3 puts an object and reads it back.
func throughS3(ctx context.Context, in event) (any, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(settings)
	key := "from-go"
	put := &s3.PutObjectInput{Bucket: &in.Bucket, Key: &key, Body: strings.NewReader(in.Text)}
	if _, err := client.PutObject(ctx, put); err != nil {
		return nil, err
	}
	got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &in.Bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return string(body), err
}

func main() {
	lambda.Start(answer)
}
