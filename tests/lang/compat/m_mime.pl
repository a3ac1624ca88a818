# the specification, section 7.4: a module that comes with perl, mime
use MIME::Base64; print encode_base64("Hello World"),decode_base64("SGVsbG8="),"\n",encode_base64("x"x60),encode_base64("abc",""),"\n"; use MIME::QuotedPrint; print encode_qp("a=b\n");
