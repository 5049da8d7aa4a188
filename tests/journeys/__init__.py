"""What happens to returns, in the words of those who send and receive them."""
