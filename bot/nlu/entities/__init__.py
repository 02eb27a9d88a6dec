"""What stands in a message as a value: days, periods, amounts, numbers and addresses, in three languages at once."""
