resource "aws_s3_bucket" "b" {
  bucket = "company-data"

  encryption {
    sse_algorithm = "AES256"
  }
}

resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.b.bucket_id
  policy = <<POLICY
{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "${aws_s3_bucket.b.arn}/*" }]
}
POLICY
}
