resource "aws_kms_key" "k" {
  description             = "key"
  deletion_window_in_days = 5
  enable_key_rotation     = "true"
}

resource "aws_kms_alias" "a" {
  name          = "my-key"
  target_key_id = aws_kms_key.k.key_id
}
