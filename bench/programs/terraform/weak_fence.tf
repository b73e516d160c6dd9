Here is the configuration you asked for:

```hcl
resource "aws_s3_bucket" "b" {
  bucket = "my-bucket"
}
```
